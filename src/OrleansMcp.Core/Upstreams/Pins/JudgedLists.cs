namespace OrleansMcp.Upstreams.Pins;

/// <summary>
/// What a tenant's actor has said of the lists of one server, for a while: sessions that are shown the same list ask once. What an operator approves or
/// forgets is seen when that is over.
/// </summary>
internal sealed class JudgedLists(TimeProvider time)
{
    private const int Most = 4; // Servers that show each user other tools are asked about more often.

    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_failed = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new(); // guards the fields below
    private readonly List<Asked> _asked = [];
    private Failed? _failure;

    /// <summary>Why the actor could not be asked a moment ago; null when it was not, or could.</summary>
    public UpstreamException? Failure
    {
        get
        {
            lock (_gate)
            {
                return _failure is { } failure && time.GetElapsedTime(failure.At) < s_failed ? failure.Why : null;
            }
        }
    }

    /// <summary>The answer about a list, asked for with <paramref name="ask"/> unless it was a moment ago. Who comes meanwhile waits for the same answer.</summary>
    /// <param name="list">Tells the list from others.</param>
    /// <param name="ask">Asks. Runs for all who wait, and is cancelled by none of them.</param>
    public Task<IReadOnlyDictionary<string, ToolWithholding>> GetAsync(string list, Func<Task<IReadOnlyDictionary<string, ToolWithholding>>> ask)
    {
        lock (_gate)
        {
            _asked.RemoveAll(one => time.GetElapsedTime(one.At) >= s_kept);
            if (_asked.Find(one => one.List == list) is { } known)
            {
                return known.Answer;
            }

            if (_asked.Count >= Most)
            {
                _asked.RemoveAt(0);
            }

            var asked = new Asked(list, time.GetTimestamp());
            _asked.Add(asked);
            return asked.Answer = AskAsync(asked, ask);
        }
    }

    private async Task<IReadOnlyDictionary<string, ToolWithholding>> AskAsync(Asked asked, Func<Task<IReadOnlyDictionary<string, ToolWithholding>>> ask)
    {
        await Task.Yield(); // Out of the lock.
        try
        {
            return await ask();
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                _asked.Remove(asked);
                _failure = e is UpstreamException why ? new Failed(why, time.GetTimestamp()) : _failure;
            }

            throw;
        }
    }

    private sealed class Asked(string list, long at)
    {
        public string List => list;

        /// <summary>When it was asked: what changes later may not be in the answer.</summary>
        public long At => at;

        public Task<IReadOnlyDictionary<string, ToolWithholding>> Answer { get; set; } = null!;
    }

    private sealed record Failed(UpstreamException Why, long At);
}
