using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;

namespace OrleansMcp.Embedded.Tenants;

/// <summary>The tenants of this process.</summary>
internal sealed class EmbeddedTenants(
    IConfigurationSource configuration, ILedgerStore ledgers, TimeProvider time, ISignals signals, ILogger<Tenant> logger)
    : ITenantDirectory
{
    private readonly ConcurrentDictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);

    public ITenant Get(string tenant) => Of(tenant);

    /// <summary>Writes down what was spent when nobody spends any more.</summary>
    public Task CloseAsync() => Task.WhenAll(_tenants.Values.Select(tenant => tenant.CloseAsync()));

    internal Tenant Of(string tenant) => _tenants.GetOrAdd(
        tenant, static (id, self) => new Tenant(id, self.configuration, self.time, self.ledgers, self.signals, self.logger),
        (configuration, time, ledgers, signals, logger));
}
