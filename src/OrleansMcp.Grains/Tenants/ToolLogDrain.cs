using Microsoft.Extensions.Hosting;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Tenants;

/// <summary>Sends what the tool log still holds in this process before its silo leaves: the tenants' actors may be on another one.</summary>
internal sealed class ToolLogDrain(SessionFactory sessions) : IHostedLifecycleService
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before anything stops.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => FlushAsync(cancellationToken);

    /// <summary>What calls left behind that were answered since. Best effort: the silo may be gone by now.</summary>
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
            // A log is no reason to stay.
        }
    }
}
