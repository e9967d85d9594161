using System.Collections.Concurrent;
using System.Globalization;

namespace OrleansMcp.Signals.Interference;

/// <summary>
/// Detects that one tenant's errors rise and fall with another's writes, and raises <see cref="SignalName.NoisyNeighbour"/>. Counts the events
/// of this process: in a cluster those of one silo. A gateway runs no sessions, so that its counts stay zero.
/// </summary>
public sealed class InterferenceDetector : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_quiet = TimeSpan.FromMinutes(15);

    // Bounded: tenants are configured. Correlations() removes tenants that were idle for a quarter of an hour.
    private readonly ConcurrentDictionary<string, Activity> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), DateTimeOffset> _reported = [];
    private readonly ISignals _signals;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    /// <summary>Starts the timer that reports suspects once a minute.</summary>
    public InterferenceDetector(ISignals signals, TimeProvider time)
    {
        (_signals, _time) = (signals, time);
        _timer = time.CreateTimer(static detector => ((InterferenceDetector)detector!).Report(), this, s_interval, s_interval);
    }

    /// <summary>Counts a request of the tenant that ended with an error.</summary>
    public void Erred(string tenant) => Of(tenant).Errors.Add(ActivityRing.SlotOf(_time.GetUtcNow()));

    /// <summary>Counts a change of session state or a write of records by the tenant.</summary>
    public void Wrote(string tenant) => Of(tenant).Writes.Add(ActivityRing.SlotOf(_time.GetUtcNow()));

    /// <summary>Every ordered pair of tenants with enough events to correlate, the highest coefficient first.</summary>
    public IReadOnlyList<TenantCorrelation> Correlations()
    {
        var end = ActivityRing.SlotOf(_time.GetUtcNow()); // The slot that is being filled is not compared.
        var tenants = _tenants.Select(tenant => (tenant.Key, Errors: Copy(tenant.Value.Errors, end), Writes: Copy(tenant.Value.Writes, end))).ToList();
        foreach (var (tenant, errors, writes) in tenants)
        {
            if (!errors.Concat(writes).Any(count => count > 0) && _tenants.TryGetValue(tenant, out var idle) && idle.IsIdle(end))
            {
                _tenants.TryRemove(KeyValuePair.Create(tenant, idle));
            }
        }

        return [.. (
            from one in tenants
            where one.Errors.Any(count => count > 0)
            from other in tenants
            where other.Key != one.Key
            let found = Correlation.Of(one.Key, other.Key, one.Errors, other.Writes)
            where found is not null
            orderby found.Coefficient descending, found.Tenant, found.Noisy
            select found)];
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>
    /// Raises <see cref="SignalName.NoisyNeighbour"/> for suspect pairs, once in a quarter of an hour for each pair. The signal has no caller, so
    /// that it goes to the operator's audit: it names two tenants.
    /// </summary>
    private void Report()
    {
        var now = _time.GetUtcNow();
        var suspects = Correlations().Where(one => one.IsSuspect).ToList();
        lock (_reported)
        {
            suspects.RemoveAll(one => _reported.TryGetValue((one.Tenant, one.Noisy), out var until) && now < until);
            foreach (var one in suspects)
            {
                _reported[(one.Tenant, one.Noisy)] = now + s_quiet;
            }
        }

        foreach (var one in suspects)
        {
            _signals.Raise(new Signal(SignalName.NoisyNeighbour, Who: null, What: string.Create(CultureInfo.InvariantCulture,
                $"errors of {one.Tenant} go with writes of {one.Noisy}: correlation {one.Coefficient:0.00}, {one.Errors} errors, {one.Writes} writes, {one.Slots} slots of 10 s")));
        }
    }

    private Activity Of(string tenant) => _tenants.GetOrAdd(tenant, static _ => new Activity());

    private static long[] Copy(ActivityRing ring, long end)
    {
        var counts = new long[ActivityRing.Slots];
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = ring.At(end - counts.Length + i);
        }

        return counts;
    }

    private sealed class Activity
    {
        public ActivityRing Errors { get; } = new();

        public ActivityRing Writes { get; } = new();

        public bool IsIdle(long slot) => Errors.At(slot) + Writes.At(slot) == 0;
    }
}
