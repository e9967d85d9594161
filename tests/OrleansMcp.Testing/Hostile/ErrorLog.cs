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
        if (IsEnabled(logLevel) && !IsKestrelsDrain(exception))
        {
            _entries.Enqueue($"{logLevel}: {formatter(state, exception)}\n{exception}");
        }
    }

    /// <summary>
    /// Kestrel drains what is left of a body after the request, and stumbles over its own reader when the connection was reset in the middle
    /// of a read. It is Kestrel's word on a connection that is gone; nothing an application does prevents it.
    /// </summary>
    private static bool IsKestrelsDrain(Exception? exception) =>
        exception is InvalidOperationException { Message: "Reading is already in progress." } && exception.StackTrace?.Contains("OnConsumeAsync", StringComparison.Ordinal) == true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Dispose()
    {
        // Nothing is held.
    }
}
