using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Hosting;
using OrleansMcp.Sessions;

namespace OrleansMcp.Hosting;

/// <summary>
/// The order of leaving. At once: not ready any more, and all is served, until those who route traffic have looked at <c>/readyz</c> again
/// (the drain). Then: listeners are let go, calls of this silo's sessions are waited for, and the web server closes its doors and waits for
/// the requests it has. Calls that take too long are told to try again. Last, the activations leave and the silo says goodbye. All of it
/// fits into 30 s.
/// </summary>
internal sealed partial class Shutdown(TimeSpan drain, Activations? activations, TimeProvider time, ILogger<Shutdown> logger)
    : IHostedLifecycleService, IHealthCheck, IDrain, IDisposable
{
    /// <summary>Of its health check.</summary>
    public const string Name = "process";

    /// <summary>How long after the beginning calls may run. What is left of the 30 s belongs to the activations.</summary>
    private static readonly TimeSpan s_calls = TimeSpan.FromSeconds(15);

    /// <summary>How long calls that are given up may take to say so, and their front ends to pass it on.</summary>
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
            // The grace period is over before the draining was.
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

    // The sessions speak first: only they can end a stream with an error that names the call.
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

        // What they say is still on its way to the front ends when they have said it. Whoever has heard it keeps nobody waiting.
        await Task.Delay(s_lastWords, time, stopped);
        await _calls.CancelAsync();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Calls are given up because this process stops: {Count} of its sessions run some.")]
    private static partial void LogGivingUp(ILogger logger, int count);
}
