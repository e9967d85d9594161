using Orleans.Runtime;
using OrleansMcp.Hosting;

namespace OrleansMcp.Server.Hosting;

/// <summary>A gateway is ready when a silo answers it. The answer is kept for a moment.</summary>
internal sealed class ClusterProbe(IGrainFactory grains, TimeProvider time) : IReadinessProbe
{
    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _one = new(1, 1);
    private long _probedAt;
    private string? _problem;

    public string Name => "cluster";

    public async ValueTask<string?> ProblemAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_probedAt == 0 || time.GetElapsedTime(_probedAt) >= s_kept)
            {
                _problem = await ProbeAsync();
                _probedAt = time.GetTimestamp();
            }

            return _problem;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<string?> ProbeAsync()
    {
        try
        {
            var hosts = await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
            return hosts.Count > 0 ? null : "no silo is active";
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or System.Net.Sockets.SocketException)
        {
            return "no silo answers";
        }
    }
}
