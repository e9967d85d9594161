using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OrleansMcp.Tests.Hostile;

/// <summary>Keeps what a server logs as an error: nothing that a client sends may be one.</summary>
/// <param name="least">From which level on.</param>
internal sealed class ErrorLog(LogLevel least = LogLevel.Error) : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _entries = new();

    public IReadOnlyCollection<string> Entries => _entries;

    public void Clear() => _entries.Clear();

    public void ExpectNone() =>
        Assert.True(_entries.IsEmpty, $"{_entries.Count} errors were logged:\n{string.Join('\n', _entries.Take(5))}");

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _entries.Enqueue($"{logLevel}: {formatter(state, exception)}\n{exception}");
        }
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Dispose()
    {
        // Nothing is held.
    }
}
