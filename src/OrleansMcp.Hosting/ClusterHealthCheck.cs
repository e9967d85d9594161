using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Runtime;

namespace OrleansMcp.Hosting;

/// <summary>A gateway is ready when a silo answers it. The answer is kept for a moment.</summary>
internal sealed class ClusterHealthCheck(IGrainFactory grains, TimeProvider time) : IHealthCheck, IDisposable
{
    public const string Name = "cluster";

    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _one = new(1, 1);
    private long _askedAt;
    private HealthCheckResult _result;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_askedAt == 0 || time.GetElapsedTime(_askedAt) >= s_kept)
            {
                _result = await AskAsync();
                _askedAt = time.GetTimestamp();
            }

            return _result;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<HealthCheckResult> AskAsync()
    {
        try
        {
            var hosts = await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
            return hosts.Count > 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("no silo is active");
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or System.Net.Sockets.SocketException)
        {
            return HealthCheckResult.Unhealthy("no silo answers");
        }
    }
}
