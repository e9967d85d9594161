namespace OrleansMcp.Upstreams.Pins;

/// <summary>
/// How many definitions that were not approved are recorded of a server: as many at once as it may have tools, and one a minute from then on. A server that
/// lists others each time costs the store and the audit no more than that; its tools are withheld all the same.
/// </summary>
internal sealed class ChangeBudget
{
    private static readonly TimeSpan s_each = TimeSpan.FromMinutes(1);

    private DateTimeOffset _full = DateTimeOffset.MinValue; // when nothing is spent any more

    /// <summary>Whether one more may be recorded.</summary>
    public bool HasLeft(DateTimeOffset now, int most) => Spent(now) + s_each <= most * s_each;

    /// <summary>Records one.</summary>
    public void Spend(DateTimeOffset now) => _full = now + Spent(now) + s_each;

    private TimeSpan Spent(DateTimeOffset now) => _full > now ? _full - now : TimeSpan.Zero;
}
