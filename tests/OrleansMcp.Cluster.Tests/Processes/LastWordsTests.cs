using Microsoft.Extensions.Logging.Abstractions;
using OrleansMcp.Hosting;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Time;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>When a process that is told to stop lets go of whom.</summary>
public sealed class LastWordsTests : IDisposable
{
    private readonly TimerCountingTimeProvider _time = new();
    private readonly Shutdown _shutdown;

    public LastWordsTests() => _shutdown = new Shutdown(TimeSpan.FromSeconds(5), activations: null, _time, NullLogger<Shutdown>.Instance);

    public void Dispose() => _shutdown.Dispose();

    [Fact]
    public async Task Listeners_are_let_go_when_it_has_drained_and_not_before()
    {
        var stopping = _shutdown.StoppingAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(_shutdown.Listeners.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await stopping;
        Assert.True(_shutdown.Listeners.IsCancellationRequested);
        Assert.False(_shutdown.Calls.IsCancellationRequested);
    }

    [Fact]
    public async Task What_sessions_say_when_calls_are_given_up_has_time_to_arrive()
    {
        var (began, given) = (_time.GetUtcNow(), new TaskCompletionSource<DateTimeOffset>());
        _shutdown.Calls.Register(() => given.SetResult(_time.GetUtcNow()));
        var stopping = _shutdown.StoppingAsync(CancellationToken.None);
        while (!given.Task.IsCompleted)
        {
            // Not before what fell due has said what it waits for next: an hour would pass on a busy machine.
            await Eventually.Holds(() => _time.ArmedTimers > 0 || given.Task.IsCompleted, "Shutdown armed its next timer");
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        await stopping;
        Assert.InRange(await given.Task - began, TimeSpan.FromSeconds(17), TimeSpan.FromMinutes(1));
    }
}
