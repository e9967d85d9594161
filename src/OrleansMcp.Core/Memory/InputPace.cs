namespace OrleansMcp.Memory;

/// <summary>
/// How fast the requests of one client come in, all together: their bodies are read at a rate, and what it takes to parse and check large ones is
/// a share of one processor. The first second's worth comes at once. What comes faster waits in the client's own connections, and costs nobody
/// else the processor.
/// </summary>
internal sealed class InputPace
{
    // A fifth of a processor.
    private const int TimesCompute = 5;

    private readonly Lock _gate = new(); // guards the field
    private TimeSpan _busyUntil;

    /// <summary>Some bytes of a body were read. Returns how long to wait before more are.</summary>
    /// <param name="bytes">Their number.</param>
    /// <param name="bytesPerSecond">The rate.</param>
    /// <param name="now">The time that has passed since a fixed moment.</param>
    public TimeSpan Read(int bytes, int bytesPerSecond, TimeSpan now) => Spend(TimeSpan.FromSeconds((double)bytes / bytesPerSecond), now);

    /// <summary>A request was parsed or checked for so long.</summary>
    public void Computed(TimeSpan time, TimeSpan now) => Spend(TimesCompute * time, now);

    /// <summary>How long to wait before the next.</summary>
    public TimeSpan Wait(TimeSpan now) => Spend(TimeSpan.Zero, now);

    /// <summary>Spends a time of the client's second. Returns how long to wait for it.</summary>
    public TimeSpan Spend(TimeSpan cost, TimeSpan now)
    {
        lock (_gate)
        {
            var soonest = now - TimeSpan.FromSeconds(1);
            _busyUntil = (_busyUntil > soonest ? _busyUntil : soonest) + cost;
            return _busyUntil > now ? _busyUntil - now : TimeSpan.Zero;
        }
    }
}
