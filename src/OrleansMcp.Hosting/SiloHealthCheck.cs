using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Runtime;

namespace OrleansMcp.Hosting;

/// <summary>A process that holds sessions is ready while its silo is an active member.</summary>
internal sealed class SiloHealthCheck(ISiloStatusOracle silos) : IHealthCheck
{
    public const string Name = "silo";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(silos.CurrentStatus switch
        {
            SiloStatus.Active => HealthCheckResult.Healthy(),
            SiloStatus.None or SiloStatus.Created or SiloStatus.Joining => HealthCheckResult.Unhealthy("starting"),
            _ => HealthCheckResult.Unhealthy("stopping"),
        });
}
