using OrleansMcp.Configuration;

namespace OrleansMcp.Quotas;

/// <summary>A count in the present minute of the clock, which begins anew with each. Thread-safe without a lock.</summary>
internal struct MinuteCount
{
    // The number of the minute (its lower 31 bits) above the count (32 bits), so that both change in one step.
    private const int CountBits = 32;
    private long _state;

    /// <summary>Counts an amount, unless that makes more than the limit. False when it was not counted.</summary>
    public bool TryAdd(DateTimeOffset now, int amount, long limit)
    {
        if (limit == QuotaConfiguration.Unlimited)
        {
            Add(now, amount);
            return true;
        }

        while (true)
        {
            var (former, minute, count) = Read(now);
            if (count + amount > limit)
            {
                return false;
            }

            if (TryWrite(former, minute, count + amount))
            {
                return true;
            }
        }
    }

    /// <summary>Counts an amount, whatever the limit.</summary>
    public void Add(DateTimeOffset now, int amount)
    {
        while (true)
        {
            var (former, minute, count) = Read(now);
            if (TryWrite(former, minute, count + amount))
            {
                return;
            }
        }
    }

    /// <summary>What was counted in the present minute.</summary>
    public long In(DateTimeOffset now) => Read(now).Count;

    /// <summary>The end of the minute, in seconds from now, at least 1.</summary>
    public static int SecondsLeft(DateTimeOffset now) =>
        (int)Math.Max(1, Math.Ceiling((double)(TimeSpan.TicksPerMinute - (now.UtcTicks % TimeSpan.TicksPerMinute)) / TimeSpan.TicksPerSecond));

    private (long Former, long Minute, long Count) Read(DateTimeOffset now)
    {
        var former = Volatile.Read(ref _state);
        var (minute, counted) = ((now.UtcTicks / TimeSpan.TicksPerMinute) & int.MaxValue, former >> CountBits);
        return minute > counted ? (former, minute, 0) : (former, counted, former & uint.MaxValue); // A clock that was set back begins nothing anew.
    }

    private bool TryWrite(long former, long minute, long count) =>
        Interlocked.CompareExchange(ref _state, (minute << CountBits) | Math.Min(count, uint.MaxValue), former) == former;
}
