using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Cluster;
using OrleansMcp.Tests.Quotas;

namespace OrleansMcp.Tests.Sessions;

/// <summary>Real tenants on stores in memory, which a test takes away.</summary>
internal sealed class BenchTenants(IConfigurationSource configuration, TimeProvider time, ISignals signals) : ITenantDirectory
{
    private readonly ConcurrentDictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);

    private readonly VolatileRecordStore _records = new();

    /// <summary>The store of the tenant <c>acme</c>.</summary>
    public MemoryLedgerStore Ledgers { get; } = new();

    /// <summary>The sessions that tenants ask to make room.</summary>
    public YieldingSessions Sessions { get; } = new();

    /// <summary>Whether no tenant can be reached.</summary>
    public bool IsAway { get; set; }

    public ITenant Get(string tenant) => IsAway
        ? throw new SessionUnavailableException("The tenant does not answer.")
        : _tenants.GetOrAdd(tenant, id => new Tenant(
            id, configuration, time, id == "acme" ? Ledgers : new MemoryLedgerStore(), _records, Sessions, signals, NullLogger.Instance));
}
