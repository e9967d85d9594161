namespace OrleansMcp.Drill.Run.Pacing;

/// <summary>
/// Spaces the attempts of a client on what is not its own, so that the server does not throttle it: at most so many in any minute, wherever the
/// server's minute begins, and not all at its beginning.
/// </summary>
/// <param name="perMinute">How many.</param>
/// <param name="duration">Of the run: in a run of less than a minute they are spread over that.</param>
/// <param name="time">The clock.</param>
internal sealed class AttemptBudget(int perMinute, TimeSpan duration, TimeProvider time)
{
    // A little more than the minute that the server counts: requests are under way for a while.
    private static readonly TimeSpan s_minute = TimeSpan.FromSeconds(63);

    private readonly Lock _gate = new();
    private readonly Queue<long> _taken = new();
    private readonly TimeSpan _interval = (duration < s_minute ? duration : s_minute) / Math.Max(1, perMinute);
    private long _next;

    /// <summary>Takes attempts, if that many may be made now.</summary>
    public bool TryTake(int attempts)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            while (_taken.TryPeek(out var oldest) && time.GetElapsedTime(oldest, now) >= s_minute)
            {
                _taken.Dequeue();
            }

            if (now < _next || _taken.Count + attempts > perMinute)
            {
                return false;
            }

            for (var attempt = 0; attempt < attempts; attempt++)
            {
                _taken.Enqueue(now);
            }

            _next = now + (long)(_interval.TotalSeconds * attempts * time.TimestampFrequency);
            return true;
        }
    }
}
