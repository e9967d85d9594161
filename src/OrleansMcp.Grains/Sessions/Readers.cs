using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>Whoever reads streams of one activation from a front end. Used from the grain's own turns only.</summary>
internal sealed class Readers
{
    private readonly Dictionary<Guid, RemoteReader> _readers = [];

    public bool Any => _readers.Count > 0;

    public RemoteReader? Find(Guid name) => _readers.GetValueOrDefault(name);

    public void Add(Guid name, RemoteReader reader) => _readers.Add(name, reader);

    public async Task RemoveAsync(Guid name)
    {
        if (_readers.Remove(name, out var reader))
        {
            await reader.DisposeAsync();
        }
    }

    /// <summary>Lets go of readers whose front end is gone.</summary>
    public async Task ExpireAsync(TimeSpan after)
    {
        foreach (var (name, reader) in _readers.ToArray())
        {
            if (reader.IsSilentFor(after))
            {
                await RemoveAsync(name);
            }
        }
    }
}

/// <summary>
/// A reader at the other end of the wire. Items are handed out in batches, and the last batch is held until the reader says that it came:
/// a lost answer loses nothing.
/// </summary>
internal sealed class RemoteReader(Caller caller, IAsyncEnumerable<SessionEvent> events) : IAsyncDisposable
{
    private const int MaxItems = 64;
    private const int MaxBytes = 256 * 1024;

    private readonly CancellationTokenSource _leaving = new();
    private IAsyncEnumerator<SessionEvent>? _events;
    private Task<bool>? _next;
    private Task<ReadResult>? _reading;
    private SessionEvent[] _batch = [];
    private long _sent; // items before the held batch
    private bool _ended;
    private long _lastSeen = Environment.TickCount64;

    /// <summary>A reader's name is no credential: whoever reads on must be who began.</summary>
    public bool Is(Caller other) => SessionOwner.Of(caller).Is(other);

    public bool IsSilentFor(TimeSpan time) => Environment.TickCount64 - _lastSeen > time.TotalMilliseconds;

    public void Touch() => _lastSeen = Environment.TickCount64;

    /// <summary>The items after the first <paramref name="after"/>; waits a while for the next one.</summary>
    public async Task<ReadResult> ReadAsync(long after, TimeSpan wait)
    {
        Touch();
        if (after == _sent && _batch.Length > 0)
        {
            return new ReadResult(_batch, _ended);
        }

        // A call that was given up by its caller may still be waiting here: both get what comes.
        _reading ??= NextBatchAsync();
        var reading = _reading;
        if (await Task.WhenAny(reading, Task.Delay(wait, SessionTimings.Clock)) != reading)
        {
            return ReadResult.Nothing;
        }

        // Somebody else may have read on by now.
        if (ReferenceEquals(_reading, reading))
        {
            _reading = null;
        }

        return await reading;
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        try
        {
            if (_reading is { } reading)
            {
                await reading;
            }
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }

        if (_events is not null)
        {
            await _events.DisposeAsync();
        }
    }

    private async Task<ReadResult> NextBatchAsync()
    {
        _sent += _batch.Length;
        _batch = [];
        _events ??= events.GetAsyncEnumerator(_leaving.Token);
        var (items, bytes) = (new List<SessionEvent>(), 0);
        while (items.Count < MaxItems && bytes < MaxBytes)
        {
            _next ??= _events.MoveNextAsync().AsTask();
            if (items.Count > 0 && !_next.IsCompleted)
            {
                break;
            }

            if (!await _next)
            {
                _ended = true;
                break;
            }

            _next = null;
            items.Add(_events.Current);
            bytes += _events.Current.Data.Length;
        }

        _batch = [.. items];
        return new ReadResult(_batch, _ended);
    }
}
