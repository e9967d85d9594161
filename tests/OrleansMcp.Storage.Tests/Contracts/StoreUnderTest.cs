using Orleans.Storage;
using OrleansMcp.Auditing;
using OrleansMcp.Quotas;
using OrleansMcp.Records.Log;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;

namespace OrleansMcp.Storage.Tests.Contracts;

/// <summary>A store as a host composes it, for the tests of a class. Each test has tenants and names of its own in it.</summary>
public abstract class StoreUnderTest : IAsyncLifetime
{
    public abstract IGrainStorage Sessions { get; }

    public abstract ISessionRegistry Registry { get; }

    public abstract ILedgerStore Ledgers { get; }

    public abstract IRecordStore Records { get; }

    public abstract IAuditReader AuditReader { get; }

    /// <summary>The sink of a process; to dispose it is to end that process in order.</summary>
    public abstract IAuditSink OpenAudit();

    /// <summary>Changes the content of the ledger of a tenant, behind the store's back.</summary>
    public abstract Task DamageLedgerAsync(string tenant);

    /// <summary>Changes the value of a record, behind the store's back.</summary>
    public abstract Task DamageRecordAsync(string space, string key);

    /// <summary>Removes the last entry of a tenant's audit, and leaves its head.</summary>
    public abstract Task CutAuditAsync(string tenant);

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();
}
