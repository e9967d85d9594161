namespace OrleansMcp.Quotas;

/// <summary>Measures how long a handler takes. It stands still until it is started, and while the handler waits for its user.</summary>
internal sealed class CallClock(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _since = time.GetTimestamp();
    private TimeSpan _used;
    private TimeSpan _charged;
    private int _pauses = 1; // until it is started

    public TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
            {
                return ElapsedLocked();
            }
        }
    }

    /// <summary>What has not been charged yet, in microseconds; charged from now on.</summary>
    public long TakeUncharged()
    {
        lock (_gate)
        {
            var elapsed = ElapsedLocked();
            var more = (long)(elapsed - _charged).TotalMicroseconds;
            _charged += TimeSpan.FromMicroseconds(more);
            return more;
        }
    }

    /// <summary>The handler begins.</summary>
    public void Start() => Resume();

    /// <summary>Stands still until what is returned is disposed.</summary>
    public Pausing Pause()
    {
        lock (_gate)
        {
            _used = ElapsedLocked();
            _pauses++;
        }

        return new Pausing(this);
    }

    private TimeSpan ElapsedLocked() => _pauses > 0 ? _used : _used + time.GetElapsedTime(_since);

    private void Resume()
    {
        lock (_gate)
        {
            _pauses--;
            _since = time.GetTimestamp();
        }
    }

    internal readonly struct Pausing(CallClock? clock) : IDisposable
    {
        public void Dispose() => clock?.Resume();
    }
}
