using System.Collections.Concurrent;
using System.Globalization;

namespace OrleansMcp.Signals.Interference;

/// <summary>
/// Notices when one tenant's errors rise and fall with another's writes. Counts what this process does: in a cluster that is a silo, and a
/// gateway, which runs no sessions, has nothing to show.
/// </summary>
public sealed class NeighbourWatch : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_quiet = TimeSpan.FromMinutes(15);

    // Bounded: tenants are configured. Those that did nothing for a quarter of an hour are forgotten.
    private readonly ConcurrentDictionary<string, Activity> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), DateTimeOffset> _reported = [];
    private readonly ISignals _signals;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    /// <summary>Starts watching.</summary>
    public NeighbourWatch(ISignals signals, TimeProvider time)
    {
        (_signals, _time) = (signals, time);
        _timer = time.CreateTimer(static watch => ((NeighbourWatch)watch!).Report(), this, s_interval, s_interval);
    }

    /// <summary>A request of the tenant ended with an error.</summary>
    public void Erred(string tenant) => Of(tenant).Errors.Add(ActivityRing.SlotOf(_time.GetUtcNow()));

    /// <summary>The tenant changed the state of a session or wrote records.</summary>
    public void Wrote(string tenant) => Of(tenant).Writes.Add(ActivityRing.SlotOf(_time.GetUtcNow()));

    /// <summary>Every ordered pair of tenants there is enough to say about, the closest first.</summary>
    public IReadOnlyList<TenantCorrelation> Correlations()
    {
        var end = ActivityRing.SlotOf(_time.GetUtcNow()); // The slot being filled is not compared.
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

    /// <summary>Raises what is suspect, once in a quarter of an hour for each pair. The signal is the operator's: it names two tenants.</summary>
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
