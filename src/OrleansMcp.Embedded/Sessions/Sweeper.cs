using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;

namespace OrleansMcp.Embedded.Sessions;

/// <summary>Takes idle actors out of memory and ends sessions whose time is over, in memory or asleep.</summary>
internal sealed partial class Sweeper(
    EmbeddedSessionDirectory directory, Sleepers sleepers, IConfigurationSource configuration, TimeProvider time, ILogger<Sweeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);

        // Secrets first, also of sessions that cannot be taken out of memory because a call still runs.
        if (directory.Live.Sum(session => session.EraseSecrets()) is > 0 and var erased)
        {
            LogErased(logger, erased);
        }

        // What was acknowledged is durable already; this only saves the times of the last messages.
        await Parallel.ForEachAsync(directory.Live, cancellationToken, async (session, token) => await session.TryPassivateAsync(token));
    }

    /// <summary>One round. Also called by tests.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var session in directory.Live)
        {
            await GuardAsync(session.Key, () => VisitAsync(session, cancellationToken));
        }

        foreach (var key in sleepers.TakeDue(time.GetUtcNow()))
        {
            await GuardAsync(key, async () =>
            {
                if (await directory.ActivateAsync(key, create: false) is { } session)
                {
                    await session.EndIfOverdueAsync(cancellationToken);
                }
            });
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval(), time, stoppingToken);
                await SweepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task VisitAsync(Session session, CancellationToken cancellationToken)
    {
        if (await session.EndIfOverdueAsync(cancellationToken) is not null)
        {
            return;
        }

        if (time.GetUtcNow() - session.LastActiveAt >= configuration.Current.Sessions.PassivateAfter)
        {
            var (active, expires) = (session.LastActiveAt, session.ExpiresAt);
            if (await session.TryPassivateAsync(cancellationToken))
            {
                sleepers.Add(session.Key, active, expires);
            }
        }
    }

    private async Task GuardAsync(SessionKey key, Func<Task> visit)
    {
        try
        {
            await visit();
        }
        catch (Exception e) when (e is IOException or SessionPassivatedException)
        {
            // Tried again next round; a session that cannot be swept must not keep the others from it.
            LogFailed(logger, e, key.Value);
        }
    }

    private TimeSpan Interval()
    {
        var limits = configuration.Current.Sessions;
        var quarter = (limits.IdleTimeout < limits.PassivateAfter ? limits.IdleTimeout : limits.PassivateAfter) / 4;
        return quarter < s_shortest ? s_shortest : quarter > s_longest ? s_longest : quarter;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Secrets} secrets of open sessions were zeroed: they do not survive a restart.")]
    private static partial void LogErased(ILogger logger, int secrets);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} could not be swept.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string session);
}
