using Orleans.Concurrency;
using Orleans.Services;
using OrleansMcp.Cutoffs;

namespace OrleansMcp.Grains.Cutoffs;

/// <summary>Receives a tenant's marks in each silo, so that sessions in memory end at once.</summary>
[Alias("orleansmcp.ICutoffService")]
internal interface ICutoffService : IGrainService
{
    /// <summary>Ends the sessions in this silo that a mark is about. Returns how many have ended for it.</summary>
    [Alias("apply"), ResponseTimeout("00:00:30"), AlwaysInterleave]
    Task<int> ApplyAsync(string tenant, CutoffSet marks);
}
