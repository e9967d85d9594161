namespace OrleansMcp.Quotas;

/// <summary>
/// Measures how long a handler takes. The clock runs from <see cref="Start"/> on; <see cref="Pause"/> stops it while the handler waits for
/// its user.
/// </summary>
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

    /// <summary>Returns the microseconds that no earlier call has returned. The caller charges them.</summary>
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

    /// <summary>Stops the clock until the returned <see cref="Pausing"/> is disposed.</summary>
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
