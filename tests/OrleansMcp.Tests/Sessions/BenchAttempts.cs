using OrleansMcp.Sessions;
using OrleansMcp.Signals;

namespace OrleansMcp.Tests.Sessions;

/// <summary>Throttles whom a test says.</summary>
internal sealed class BenchAttempts : IAttempts
{
    /// <summary>How long every client is throttled; null for not at all.</summary>
    public TimeSpan? Rest { get; set; }

    public TimeSpan? RetryAfter(Caller caller) => Rest;
}
