using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Tenants;

/// <summary>
/// Calls the expiry check of every configured tenant periodically, from every silo, so that sessions without calls end in time, also after
/// a restart of the whole cluster.
/// </summary>
internal sealed partial class ExpiryService(
    IGrainFactory grains, IConfigurationSource configuration, SessionFactory sessions, ILogger<ExpiryService> logger)
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
            }
            catch (Exception e)
            {
                LogFailed(logger, e, tenant);
            }
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
