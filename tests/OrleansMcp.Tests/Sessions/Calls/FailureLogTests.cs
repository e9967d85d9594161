using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Tests.Sessions.Calls;

public sealed class FailureLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Entries _entries = new();
    private readonly SessionBench _bench = new();

    [Fact]
    public void A_client_fills_no_log_and_the_next_entry_says_how_many_there_were()
    {
        var log = new FailureLog(_time, _entries);
        for (var number = 0; number < 100; number++)
        {
            log.ToolFailed(_bench.ToolCall(), "bench_fail", "name", new InvalidOperationException("no"));
        }

        log.ToolFailed(_bench.ToolCall(), "bench_echo", "name", new InvalidOperationException("no"));
        log.RequestFailed(_bench.Call("made/up"), "name", new InvalidOperationException("no"));
        log.RequestFailed(_bench.Call("made/up/too"), "name", new InvalidOperationException("no"));
        log.ToolFailed(_bench.ToolCall(caller: SessionBench.Bob), "bench_fail", "name", new InvalidOperationException("no"));
        _time.Advance(TimeSpan.FromMinutes(1));
        log.ToolFailed(_bench.ToolCall(), "bench_fail", "name", new InvalidOperationException("no"));
        Assert.Equal(
            [
                "tool bench_fail failed for acme/alice in session name (0 more were not logged).",
                "tool bench_echo failed for acme/alice in session name (0 more were not logged).",
                "_OTHER failed for acme/alice in session name (0 more were not logged).",
                "tool bench_fail failed for acme/bob in session name (0 more were not logged).",
                "tool bench_fail failed for acme/alice in session name (99 more were not logged).",
            ],
            _entries.Written);
    }

    private sealed class Entries : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
