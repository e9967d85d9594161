using OrleansMcp.Cutoffs;

namespace OrleansMcp.Grains.Tenants;

internal partial interface ITenantGrain
{
    /// <summary>The tenant's marks, if they are of another version.</summary>
    [Alias("cutoffs")]
    Task<CutoffNews> ReadCutoffsAsync(long known);

    /// <summary>Sets or lifts a mark. Null when the tenant has as many as it may.</summary>
    [Alias("cutoff"), ResponseTimeout("00:00:40")]
    Task<CutoffReceipt?> CutOffAsync(CutoffChange change);
}

/// <summary>The marks of a tenant.</summary>
/// <param name="Marks">Null when they are of the version that is known.</param>
/// <param name="IsStopped">The tenant is stopped.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.cutoffnews")]
internal sealed record CutoffNews([property: Id(0)] CutoffSet? Marks, [property: Id(1)] bool IsStopped = false);
