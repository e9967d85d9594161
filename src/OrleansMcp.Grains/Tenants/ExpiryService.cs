using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Cutoffs;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Tenants;

/// <summary>
/// Calls the expiry check of every configured tenant periodically, from every silo, so that sessions without calls end in time, also after
/// a restart of the whole cluster.
/// </summary>
internal sealed partial class ExpiryService(
    IGrainFactory grains, IConfigurationSource configuration, SessionFactory sessions, LocalCutoffs cutoffs, ILogger<ExpiryService> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    /// <summary>Calls the expiry checks once. Also called by tests.</summary>
    internal async Task RunOnceAsync()
    {
        foreach (var tenant in configuration.Current.Tenants.Keys)
        {
            try
            {
                await grains.GetGrain<ITenantGrain>(tenant).CheckExpiryAsync();
                await FollowAsync(tenant);
            }
            catch (Exception e)
            {
                LogFailed(logger, e, tenant);
            }
        }
    }

    /// <summary>Ends what an operator has ended, if the message about it did not arrive here.</summary>
    private async Task FollowAsync(string tenant)
    {
        try
        {
            await cutoffs.RefreshAsync(tenant);
            await cutoffs.ApplyAsync(tenant);
        }
        catch (TenantStoppedException)
        {
            // Its sessions are neither woken nor opened.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval(), sessions.Time, stoppingToken);
                await RunOnceAsync();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private TimeSpan Interval()
    {
        var quarter = configuration.Current.Sessions.IdleTimeout / 4;
        return quarter < s_shortest ? s_shortest : quarter > s_longest ? s_longest : quarter;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tenant {Tenant} could not be tended.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string tenant);
}
