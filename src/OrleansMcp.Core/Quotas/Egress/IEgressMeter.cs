using OrleansMcp.Configuration;

namespace OrleansMcp.Quotas.Egress;

/// <summary>Whom requests are charged to, and by whose rules they go.</summary>
internal interface IEgressMeter
{
    /// <summary>The rules in force.</summary>
    EgressConfiguration Rules { get; }

    /// <summary>Ends with the call.</summary>
    CancellationToken Ended { get; }

    /// <summary>Spends an amount before it is used; 0 to see whether anything is left.</summary>
    /// <exception cref="QuotaExceededException">Nothing is left.</exception>
    ValueTask SpendAsync(Quota quota, long amount, CancellationToken cancellationToken);

    /// <summary>Charges what was used.</summary>
    void Charge(Quota quota, long amount);
}
