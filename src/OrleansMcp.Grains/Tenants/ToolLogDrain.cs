using Microsoft.Extensions.Hosting;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Tenants;

/// <summary>Sends the buffered entries of the tool log before the silo stops, as the tenants' grains may be on other silos.</summary>
internal sealed class ToolLogDrain(SessionFactory sessions) : IHostedLifecycleService
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs before other services stop.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => FlushAsync(cancellationToken);

    /// <summary>Sends the entries of calls that were answered since. Best effort: the silo may have stopped.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => FlushAsync(cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await sessions.ToolLog.FlushAsync(cancellationToken).WaitAsync(s_patience, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // The log must not delay the stop.
        }
    }
}
