using System.Diagnostics.Metrics;
using OrleansMcp.Configuration;
using OrleansMcp.Memory;
using OrleansMcp.Sessions;

namespace OrleansMcp.Tenants;

/// <summary>
/// Metrics of this process by tenant. Their one tag is <c>tenant</c>, and a tenant that is not configured is counted in none of them, so that the
/// configuration bounds the number of series. There may be a hundred thousand clients: operators read those where they ask for them.
/// </summary>
public sealed class TenantMetrics
{
    private readonly IConfigurationSource _configuration;
    private readonly HeldMemory _memory;
    private readonly Counter<long> _admitted;
    private readonly Counter<long> _refused;
    private readonly Counter<double> _compute;

    /// <param name="metrics">Has the meter.</param>
    /// <param name="configuration">Names the tenants.</param>
    /// <param name="memory">What the tenants hold.</param>
    public TenantMetrics(SessionMetrics metrics, IConfigurationSource configuration, HeldMemory memory)
    {
        (_configuration, _memory) = (configuration, memory);
        var meter = metrics.Meter;
        meter.CreateObservableGauge("orleansmcp.tenant.held", Held, "By", "Bytes that requests and their replies hold in this process.");
        _admitted = meter.CreateCounter<long>("orleansmcp.tenant.requests.admitted", "{request}", "Requests that the quotas of requests admitted.");
        _refused = meter.CreateCounter<long>("orleansmcp.tenant.requests.refused", "{request}", "Requests and calls that a quota refused.");
        _compute = meter.CreateCounter<double>("orleansmcp.tenant.compute", "s", "Wall time of handlers, and of reading and checking large requests.");
    }

    internal void Admitted(string tenant, int requests)
    {
        if (_admitted.Enabled && IsConfigured(tenant))
        {
            _admitted.Add(requests, Tag(tenant));
        }
    }

    internal void Refused(string tenant)
    {
        if (_refused.Enabled && IsConfigured(tenant))
        {
            _refused.Add(1, Tag(tenant));
        }
    }

    internal void Computed(string tenant, long microseconds)
    {
        if (_compute.Enabled && IsConfigured(tenant))
        {
            _compute.Add(microseconds / 1_000_000d, Tag(tenant));
        }
    }

    private static KeyValuePair<string, object?> Tag(string tenant) => new("tenant", tenant);

    private IEnumerable<Measurement<long>> Held() =>
        _memory.Tenants.Where(one => IsConfigured(one.Id)).Select(one => new Measurement<long>(one.Held, Tag(one.Id)));

    private bool IsConfigured(string tenant) => _configuration.Current.Tenants.ContainsKey(tenant);
}
