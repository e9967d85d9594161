using OrleansMcp.Configuration;

namespace OrleansMcp.Quotas.Egress;

/// <summary>Charges the requests of one call to its session, and gives the egress rules of its client.</summary>
internal interface IEgressMeter
{
    /// <summary>The current rules.</summary>
    EgressConfiguration Rules { get; }

    /// <summary>Cancelled when the call ends.</summary>
    CancellationToken Ended { get; }

    /// <summary>Spends an amount before it is used; 0 checks whether anything is left.</summary>
    /// <exception cref="QuotaExceededException">Nothing is left.</exception>
    ValueTask SpendAsync(Quota quota, long amount, CancellationToken cancellationToken);

    /// <summary>Charges what was used.</summary>
    void Charge(Quota quota, long amount);
}
