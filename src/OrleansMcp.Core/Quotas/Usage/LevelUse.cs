using OrleansMcp.Configuration;

namespace OrleansMcp.Quotas.Usage;

/// <summary>What the tenant or one client uses of each quota, read under the lock of its ledgers.</summary>
/// <param name="ledger">What is spent in the minute.</param>
/// <param name="limits">The limits.</param>
/// <param name="held">What is held of a quota that is given back instead of spent.</param>
/// <param name="isBlind">What was leased in this minute is not known: limited quotas that are stored count as used up.</param>
internal sealed class LevelUse(WindowLedger ledger, QuotaConfiguration limits, Func<Quota, long> held, bool isBlind)
{
    private const decimal Microseconds = 1_000_000;

    private static readonly Quota[] s_windowed = [.. Enumerable.Range(0, WindowedQuotas.Count).Select(WindowedQuotas.At)];
    private static readonly Quota[] s_held = [Quota.Sessions, Quota.ConcurrentCalls, Quota.StateBytes];
    private static readonly Quota[] s_all = [.. s_windowed, .. s_held];

    /// <summary>Whether anything is used.</summary>
    public bool IsAny { get; } = s_all.Any(quota => Used(ledger, limits, held, isBlind, quota) > 0);

    /// <summary>The largest part of a limit that is used; 1 is all of it.</summary>
    public double Share { get; } = s_all.Max(
        quota => limits.Of(quota) is < QuotaConfiguration.Unlimited and var limit ? (double)Used(ledger, limits, held, isBlind, quota) / Math.Max(1, limit) : 0);

    /// <summary>Every quota with a limit, and those that are seen without one.</summary>
    /// <param name="end">The end of the minute.</param>
    public QuotaUse[] List(DateTimeOffset end) =>
    [
        .. s_windowed.Where(quota => IsLimited(quota) || UnlimitedUse.IsSeen(quota)).Select(quota => Of(quota, end)),
        .. s_held.Where(IsLimited).Select(quota => Of(quota, resetsAt: null)),
    ];

    private static long Used(WindowLedger ledger, QuotaConfiguration limits, Func<Quota, long> held, bool isBlind, Quota quota)
    {
        if (s_held.Contains(quota))
        {
            return held(quota);
        }

        var (used, limit) = (ledger.Used(quota, limits), limits.Of(quota));
        return isBlind && WindowedQuotas.IsStored(quota) && limit != QuotaConfiguration.Unlimited ? Math.Max(used, limit) : used;
    }

    private bool IsLimited(Quota quota) => limits.Of(quota) != QuotaConfiguration.Unlimited;

    private QuotaUse Of(Quota quota, DateTimeOffset? resetsAt)
    {
        var unit = quota == Quota.Compute ? Microseconds : 1;
        return new(
            QuotaNames.Of(quota), Used(ledger, limits, held, isBlind, quota) / unit, IsLimited(quota) ? limits.Of(quota) / unit : null, resetsAt);
    }
}
