using OrleansMcp.Configuration;

namespace OrleansMcp.Quotas;

/// <summary>One of the ledgers that a lease is taken from.</summary>
/// <param name="Ledger">What was spent.</param>
/// <param name="Budgets">What may be.</param>
/// <param name="Scope">Whose.</param>
/// <param name="Sharers">A single lease takes one part of so many of what is left.</param>
/// <param name="IsDurable">Whether the store must know before anything is handed out.</param>
/// <param name="IsBlind">Nobody knows what was handed out in this minute: nothing is left of what is limited.</param>
internal readonly record struct Level(
    WindowLedger Ledger, QuotaConfiguration Budgets, QuotaScope Scope, int Sharers, bool IsDurable, bool IsBlind)
{
    public long Left(Quota quota)
    {
        var left = Ledger.Left(quota, Budgets);
        return IsBlind && left != QuotaConfiguration.Unlimited ? 0 : left;
    }

    public bool NeedsReserve(Quota quota, long amount) => IsDurable && Ledger.NeedsReserve(quota, Budgets, amount);

    /// <summary>How much more can be handed out before the store must hear of it.</summary>
    public long Covered(Quota quota) => IsDurable ? Ledger.Covered(quota, Budgets) : long.MaxValue;

    /// <summary>What one lease may take at most of what is left.</summary>
    public long Share(Quota quota)
    {
        var left = Left(quota);
        return left == QuotaConfiguration.Unlimited ? left : left / Sharers;
    }
}
