namespace OrleansMcp.Tests.Upstreams;

/// <summary>What an upstream server was sent. Counters are of all requests, the requests themselves are kept up to a limit.</summary>
internal sealed class ReceivedRequests
{
    private const int MostKept = 20_000;
    private const long MostBytes = 64L << 20;

    private readonly Lock _gate = new();
    private readonly List<ReceivedRequest> _kept = [];
    private readonly Dictionary<string, int> _byMethod = new(StringComparer.Ordinal);
    private readonly HashSet<string> _authorizations = new(StringComparer.Ordinal);
    private long _bytes;
    private int _count;

    /// <summary>HTTP requests.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>How often each method was asked for: JSON-RPC methods, and the HTTP method where the body is no JSON-RPC (GET, DELETE).</summary>
    public IReadOnlyDictionary<string, int> ByMethod
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, int>(_byMethod, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>The SHA-256, in hex, of each value that the Authorization header had, in no order.</summary>
    public IReadOnlyList<string> AuthorizationHashes
    {
        get
        {
            lock (_gate)
            {
                return [.. _authorizations];
            }
        }
    }

    /// <summary>The first requests, as many as are kept.</summary>
    public IReadOnlyList<ReceivedRequest> Kept
    {
        get
        {
            lock (_gate)
            {
                return [.. _kept];
            }
        }
    }

    /// <summary>How often a method was asked for.</summary>
    public int Of(string method) => ByMethod.GetValueOrDefault(method);

    /// <summary>Whether a text is in the line, a header or the body of any request, as it was written: what JSON escapes is found escaped only.</summary>
    /// <exception cref="InvalidOperationException">It is in none that was kept, and not all were.</exception>
    public bool Contain(string text)
    {
        lock (_gate)
        {
            return _kept.Exists(request => request.Contains(text))
                || (_kept.Count < _count ? throw new InvalidOperationException($"Only {_kept.Count} of {_count} requests were kept.") : false);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _kept.Clear();
            _byMethod.Clear();
            _authorizations.Clear();
            (_bytes, _count) = (0, 0);
        }
    }

    public void Add(ReceivedRequest request)
    {
        lock (_gate)
        {
            _count++;
            foreach (var method in request.Methods)
            {
                _byMethod[method] = _byMethod.GetValueOrDefault(method) + 1;
            }

            if (request.AuthorizationHash is { } hash)
            {
                _authorizations.Add(hash);
            }

            if (_kept.Count < MostKept && _bytes + request.Size <= MostBytes)
            {
                _bytes += request.Size;
                _kept.Add(request);
            }
        }
    }
}
