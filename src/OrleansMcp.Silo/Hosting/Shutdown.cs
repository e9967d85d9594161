using OrleansMcp.Hosting;

namespace OrleansMcp.Silo.Hosting;

/// <summary>
/// The order of leaving: not ready any more, then no more traffic, then the activations go. The web server and the silo stop after
/// this one has waited for those who route traffic to look at <c>/readyz</c> again; all of it fits into 30 s.
/// </summary>
internal sealed class Shutdown(TimeSpan drain, TimeProvider time) : IHostedLifecycleService, IReadinessProbe
{
    private volatile bool _leaving;

    public string Name => "process";

    public ValueTask<string?> ProblemAsync(CancellationToken cancellationToken) => new(_leaving ? "stopping" : null);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _leaving = true;
        try
        {
            await Task.Delay(drain, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The grace period is over before the draining was.
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
