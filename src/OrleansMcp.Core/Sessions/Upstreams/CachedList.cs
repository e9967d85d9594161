namespace OrleansMcp.Sessions.Upstreams;

/// <summary>A list of a server, kept for a while. Who asks while it is read waits for the same reading.</summary>
internal sealed class CachedList<T>(TimeProvider time) where T : class
{
    private static readonly TimeSpan s_kept = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Kept? _kept;
    private long _forgotten; // how often

    /// <summary>The list, if it was read a moment ago.</summary>
    public T? Recent => _kept is { } kept && time.GetElapsedTime(kept.ReadAt) < s_kept ? kept.List : null;

    /// <summary>The list, read with <paramref name="read"/> if it is not recent.</summary>
    public ValueTask<T> GetAsync(Func<Task<T>> read, CancellationToken cancellationToken) =>
        Recent is { } recent ? new(recent) : ReadAsync(read, cancellationToken);

    public void Forget()
    {
        Interlocked.Increment(ref _forgotten);
        _kept = null;
    }

    private async ValueTask<T> ReadAsync(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (Recent is { } recent)
            {
                return recent;
            }

            var forgotten = Interlocked.Read(ref _forgotten);
            var list = await read();
            if (forgotten == Interlocked.Read(ref _forgotten))
            {
                _kept = new Kept(list, time.GetTimestamp());
            }

            return list;
        }
        finally
        {
            _reading.Release();
        }
    }

    private sealed record Kept(T List, long ReadAt);
}
