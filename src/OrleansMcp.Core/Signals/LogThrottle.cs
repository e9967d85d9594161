using System.Collections.Concurrent;

namespace OrleansMcp.Signals;

/// <summary>
/// Admits one log entry a minute for each client and kind of event, so that a client cannot fill the disk; the admitted one learns how many were
/// suppressed before it.
/// </summary>
/// <remarks>Not built on System.Threading.RateLimiting: docs/decisions/0020-own-attempt-limits.md.</remarks>
public sealed class LogThrottle
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    // Bounded: kinds are those of the code, tools and clients those of the configuration, or null.
    private readonly ConcurrentDictionary<(string Kind, string? Tenant, string? Client), Window> _windows = new();

    /// <summary>Whether an event is logged.</summary>
    /// <param name="kind">What happened. One of few: no name that a client invents.</param>
    /// <param name="tenant">The client's tenant, or null.</param>
    /// <param name="client">The client that caused it, or null.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="suppressed">How many of them were not logged since the last that was.</param>
    public bool Admits(string kind, string? tenant, string? client, DateTimeOffset now, out long suppressed) =>
        _windows.GetOrAdd((kind, tenant, client), static _ => new Window()).Opens(now, out suppressed);

    private sealed class Window
    {
        private readonly Lock _gate = new();
        private DateTimeOffset _until;
        private long _suppressed;

        public bool Opens(DateTimeOffset now, out long suppressed)
        {
            lock (_gate)
            {
                suppressed = _suppressed;
                if (now < _until)
                {
                    _suppressed++;
                    return false;
                }

                (_until, _suppressed) = (now + s_interval, 0);
                return true;
            }
        }
    }
}
