using OrleansMcp.Configuration;

namespace OrleansMcp.Quotas;

/// <summary>One of the ledgers that a lease is taken from: the session's, the client's or the tenant's.</summary>
/// <param name="Ledger">The amounts spent.</param>
/// <param name="Budgets">The limits.</param>
/// <param name="Scope">The level: session, client or tenant.</param>
/// <param name="Sharers">A single lease takes at most one part in so many of what is left.</param>
/// <param name="IsDurable">Whether the stored record must cover an amount before it is leased.</param>
/// <param name="IsBlind">What was leased in this minute is not known: limited quotas that are stored have nothing left.</param>
internal readonly record struct Level(
    WindowLedger Ledger, QuotaConfiguration Budgets, QuotaScope Scope, int Sharers, bool IsDurable, bool IsBlind)
{
    public long Left(Quota quota)
    {
        if (Scope == QuotaScope.Session && !WindowedQuotas.IsStored(quota))
        {
            return QuotaConfiguration.Unlimited; // The session counts its own.
        }

        var left = Ledger.Left(quota, Budgets);
        return IsBlind && WindowedQuotas.IsStored(quota) && left != QuotaConfiguration.Unlimited ? 0 : left;
    }

    public bool NeedsReserve(Quota quota, long amount) => IsDurable && Ledger.NeedsReserve(quota, Budgets, amount);

    /// <summary>How much more can be leased before the record must be written.</summary>
    public long Covered(Quota quota) => IsDurable ? Ledger.Covered(quota, Budgets) : long.MaxValue;

    /// <summary>The largest amount that one lease may take.</summary>
    public long Share(Quota quota)
    {
        var left = Left(quota);
        return left == QuotaConfiguration.Unlimited ? left : left / Sharers;
    }
}
