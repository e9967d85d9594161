using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Runtime.Services;
using OrleansMcp.Cutoffs;

namespace OrleansMcp.Grains.Cutoffs;

/// <summary>
/// Sends the marks of a tenant to all silos of the cluster. A silo that does not answer asks for them by itself: when it wakes a session, and
/// with every expiry check.
/// </summary>
internal sealed partial class CutoffRound(IServiceProvider services, IClusterMembershipService members, ILogger<CutoffRound> logger)
    : GrainServiceClient<ICutoffService>(services)
{
    /// <returns>How many sessions have ended, and how many silos did not answer.</returns>
    public async Task<(int Ended, int Unreached)> SendAsync(string tenant, CutoffSet marks)
    {
        var silos = members.CurrentSnapshot.Members.Values
            .Where(static member => member.Status is SiloStatus.Active or SiloStatus.Joining or SiloStatus.ShuttingDown or SiloStatus.Stopping)
            .Select(static member => member.SiloAddress);
        var ended = await Task.WhenAll(silos.Select(silo => SendAsync(silo, tenant, marks)));
        return (ended.Sum(static count => count ?? 0), ended.Count(static count => count is null));
    }

    private async Task<int?> SendAsync(SiloAddress silo, string tenant, CutoffSet marks)
    {
        try
        {
            return await GetGrainService(silo).ApplyAsync(tenant, marks);
        }
        catch (Exception e)
        {
            LogUnreached(logger, e, silo, tenant);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Silo} did not answer that it has ended the sessions of tenant {Tenant} that an operator ended. It asks for them by itself.")]
    private static partial void LogUnreached(ILogger logger, Exception exception, SiloAddress silo, string tenant);
}
