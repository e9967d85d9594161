namespace OrleansMcp.Drill.Run.Pacing;

/// <summary>
/// Spaces the attempts of a client on what is not its own, so that the server does not throttle it: at most so many in any minute, wherever the
/// server's minute begins. Half of them may be made at once and the others come with time, so that attacks meet sessions of every age; those that
/// a client could not make while it waited for a quota are not lost.
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
    private readonly double _perSecond = perMinute / 2.0 / Math.Min(duration.TotalSeconds, s_minute.TotalSeconds / 2);
    private double _allowance = perMinute / 2.0;
    private long _since = time.GetTimestamp();

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

            _allowance = Math.Min(perMinute, _allowance + (time.GetElapsedTime(_since, now).TotalSeconds * _perSecond));
            _since = now;
            if (attempts > _allowance || _taken.Count + attempts > perMinute)
            {
                return false;
            }

            for (var attempt = 0; attempt < attempts; attempt++)
            {
                _taken.Enqueue(now);
            }

            _allowance -= attempts;
            return true;
        }
    }
}
