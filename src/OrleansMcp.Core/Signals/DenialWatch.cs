using System.Collections.Concurrent;
using System.Globalization;
using OrleansMcp.Configuration;

namespace OrleansMcp.Signals;

/// <summary>
/// Detects clients that probe their permissions: more denials within a window than <see cref="SignalConfiguration.Denials"/>. One alert per
/// window and client.
/// </summary>
internal sealed class DenialWatch(IConfigurationSource configuration, TimeProvider time)
{
    // Bounded: callers are configured clients.
    private readonly ConcurrentDictionary<(string Tenant, string Client), Window> _clients = new();

    /// <summary>Counts a signal if it is a denial; returns the alert to raise when the limit is exceeded, otherwise null.</summary>
    public Signal? Alert(Signal signal)
    {
        if (signal.Who is not { } who || signal.Name is not (SignalName.PermissionDenied or SignalName.PolicyDenied))
        {
            return null;
        }

        var limits = configuration.Current.Signals;
        var window = _clients.GetOrAdd((who.Tenant, who.Client), static _ => new Window());
        return window.Count(time.GetUtcNow(), limits, signal.Name == SignalName.PolicyDenied) is { } counted
            ? new Signal(SignalName.PermissionProbing, who, What: string.Create(CultureInfo.InvariantCulture,
                $"{counted.Permissions} permission_denied and {counted.Policies} policy_denied within {limits.DenialWindow.TotalSeconds:0} s"))
            : null;
    }

    /// <summary>A window that slides by a tenth of itself: what counts are the last nine to ten tenths.</summary>
    private sealed class Window
    {
        private const int Slots = 10;

        private readonly Lock _gate = new();
        private readonly (long Slot, long Permissions, long Policies)[] _counts = new (long, long, long)[Slots];
        private DateTimeOffset _quietUntil;

        public (long Permissions, long Policies)? Count(DateTimeOffset now, SignalConfiguration limits, bool isPolicy)
        {
            var slot = now.UtcTicks / (limits.DenialWindow.Ticks / Slots);
            lock (_gate)
            {
                ref var counted = ref _counts[slot % Slots];
                if (counted.Slot != slot)
                {
                    counted = (slot, 0, 0);
                }

                counted = isPolicy ? counted with { Policies = counted.Policies + 1 } : counted with { Permissions = counted.Permissions + 1 };
                var recent = _counts.Where(one => one.Slot > slot - Slots && one.Slot <= slot).ToArray();
                var (permissions, policies) = (recent.Sum(one => one.Permissions), recent.Sum(one => one.Policies));
                if (permissions + policies <= limits.Denials || now < _quietUntil)
                {
                    return null;
                }

                _quietUntil = now + limits.DenialWindow;
                return (permissions, policies);
            }
        }
    }
}
