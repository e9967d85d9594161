using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// Passivates the sessions of a silo that is its whole cluster before the silo stops, while the tenant grains can still take what the
/// sessions owe. No other silo can activate the sessions meanwhile. Stops after the web server, when all requests are answered.
/// </summary>
internal sealed partial class SessionDrain(Activations activations, ILogger<SessionDrain> logger) : IHostedService
{
    private const int AtOnce = 64;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(activations.All, options, async (session, _) => await LeaveAsync(session)).WaitAsync(s_patience, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            LogLate(logger);
        }
    }

    private async Task LeaveAsync(Session session)
    {
        try
        {
            await session.LeaveAsync();
            await session.Settlement;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(logger, e, session.Key.Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} could not leave in order.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string session);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Some sessions could not leave in time; what they reserved counts as spent.")]
    private static partial void LogLate(ILogger logger);
}
