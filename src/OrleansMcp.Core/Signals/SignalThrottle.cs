using System.Collections.Concurrent;
using System.Globalization;

namespace OrleansMcp.Signals;

/// <summary>Admits one signal a minute for each name and client; the admitted one carries the number of those suppressed before it.</summary>
/// <remarks>Not built on System.Threading.RateLimiting: docs/decisions/0020-own-attempt-limits.md.</remarks>
internal sealed class SignalThrottle
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    // Bounded: callers are configured clients, or null.
    private readonly ConcurrentDictionary<(string Name, string? Tenant, string? Client), Window> _windows = new();

    public bool Admits(Signal signal, DateTimeOffset now, out Signal admitted)
    {
        var window = _windows.GetOrAdd((signal.Name, signal.Who?.Tenant, signal.Who?.Client), static _ => new Window());
        admitted = signal;
        if (!window.Opens(now, out var suppressed))
        {
            return false;
        }

        if (suppressed > 0)
        {
            admitted = signal with { What = string.Create(CultureInfo.InvariantCulture, $"{signal.What} (and {suppressed} more since the last entry)") };
        }

        return true;
    }

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
