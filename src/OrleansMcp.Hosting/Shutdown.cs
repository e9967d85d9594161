using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Hosting;
using OrleansMcp.Sessions;

namespace OrleansMcp.Hosting;

/// <summary>
/// Stops the process in order. First <c>/readyz</c> fails while all requests are still served, until load balancers have polled it again
/// (the drain). Then streams that answer no request are closed, running calls of this silo's sessions are awaited, and the web server
/// accepts no more requests and waits for those that it has. Calls that take too long get an error that asks for a retry. Last, the
/// activations are deactivated and the silo leaves the cluster. All of this takes at most 30 s.
/// </summary>
internal sealed partial class Shutdown(TimeSpan drain, Activations? activations, TimeProvider time, ILogger<Shutdown> logger)
    : IHostedLifecycleService, IHealthCheck, IDrain, IDisposable
{
    /// <summary>Of its health check.</summary>
    public const string Name = "process";

    /// <summary>How long calls may run after the stop began. The rest of the 30 s is for deactivations.</summary>
    private static readonly TimeSpan s_calls = TimeSpan.FromSeconds(15);

    /// <summary>How long calls that are given up may take to answer, and their front ends to forward the answer.</summary>
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _listeners = new();
    private readonly CancellationTokenSource _calls = new();
    private readonly CancellationTokenSource _stopped = new();
    private Task _givingUp = Task.CompletedTask;
    private volatile bool _leaving;

    public CancellationToken Listeners => _listeners.Token;

    public CancellationToken Calls => _calls.Token;

    private IEnumerable<Session> Sessions => activations?.All ?? [];

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_leaving ? HealthCheckResult.Unhealthy("stopping") : HealthCheckResult.Healthy());

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _leaving = true;
        _givingUp = GiveUpLaterAsync(_stopped.Token);
        try
        {
            await Task.Delay(drain, time, cancellationToken);
            await _listeners.CancelAsync();
            await CallsAnsweredAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The host's grace period ended before the drain.
        }
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _stopped.CancelAsync();
        await _givingUp.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _listeners.Dispose();
        _calls.Dispose();
        _stopped.Dispose();
    }

    private async Task CallsAnsweredAsync(CancellationToken cancellationToken)
    {
        var now = Environment.TickCount64;
        while (!_calls.IsCancellationRequested && Sessions.Any(session => session.RunsCallBegunBy(now)))
        {
            await Task.Delay(s_look, time, cancellationToken);
        }
    }

    // Sessions are passivated before the front end's streams are cancelled: only they can end a stream with an error for its request.
    private async Task GiveUpLaterAsync(CancellationToken stopped)
    {
        await Task.Delay(s_calls, time, stopped);
        var now = Environment.TickCount64;
        var busy = Sessions.Where(session => session.RunsCallBegunBy(now)).ToArray();
        LogGivingUp(logger, busy.Length);
        foreach (var session in busy)
        {
            _ = session.LeaveAsync();
        }

        // The errors take a moment to reach the front ends, whose remaining calls are cancelled afterwards.
        await Task.Delay(s_lastWords, time, stopped);
        await _calls.CancelAsync();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Calls are given up because this process stops: {Count} of its sessions run some.")]
    private static partial void LogGivingUp(ILogger logger, int count);
}
