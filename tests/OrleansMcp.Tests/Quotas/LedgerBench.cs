using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Caching;
using OrleansMcp.Configuration;
using OrleansMcp.Cutoffs;
using OrleansMcp.Quotas;
using OrleansMcp.Quotas.Usage;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Cluster;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.ToolLogs;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Tests.Quotas;

/// <summary>A tenant's actor on a store, which can be lost, closed in order and begun again; and sessions of its clients.</summary>
internal sealed class LedgerBench
{
    private readonly TestConfigurationSource _configuration;
    private int _sessions;

    public LedgerBench(QuotaConfiguration? client = null, QuotaConfiguration? tenant = null, QuotaConfiguration? session = null, bool sessionsOutlive = false)
    {
        _configuration = new TestConfigurationSource(Of(client, tenant, session));
        Store = new MemoryLedgerStore { SessionsOutliveActor = sessionsOutlive };
        Tenant = NewTenant();
    }

    public FakeTimeProvider Time { get; } = new();

    public MemoryLedgerStore Store { get; }

    public Tenant Tenant { get; private set; }

    /// <summary>The tenant's marks, which outlive its actor.</summary>
    public VolatileRecordStore Records { get; } = new();

    public SignalList Signals { get; } = new();

    /// <summary>The sessions that the tenant asks to make room.</summary>
    public YieldingSessions Sessions { get; } = new();

    /// <summary>A client's quotas without limits, for a test to set those that it is about.</summary>
    public static QuotaConfiguration Free { get; } = QuotaConfiguration.None;

    public void Configure(QuotaConfiguration? client = null, QuotaConfiguration? tenant = null, QuotaConfiguration? session = null) =>
        _configuration.Current = Of(client, tenant, session);

    /// <summary>The configuration readmits the tenant.</summary>
    public void Readmit(DateTimeOffset? at)
    {
        var current = _configuration.Current;
        var tenants = new Dictionary<string, TenantConfiguration>(StringComparer.Ordinal) { ["acme"] = current.Tenants["acme"] with { ReadmittedAt = at } };
        _configuration.Current = current with { Tenants = tenants };
    }

    /// <summary>The actor is lost with all that it had in memory, and begins anew.</summary>
    public void Crash() => Tenant = NewTenant();

    /// <summary>The actor leaves in order and begins anew.</summary>
    public async Task RestartAsync()
    {
        await Tenant.CloseAsync();
        Tenant = NewTenant();
    }

    /// <summary>Begins anew on a damaged store.</summary>
    public void Damage()
    {
        Store.IsDamaged = true;
        Tenant = NewTenant();
    }

    public SessionKey NewKey() => SessionKey.Of("acme", isPrincipal: false, (UInt128)(++_sessions));

    /// <summary>A session's meter, which finds the tenant's actor wherever it is.</summary>
    public SessionMeter NewMeter(string client = "alice", SessionKey? key = null) => new(new Moving(this), client, key ?? NewKey(), Time);

    /// <summary>Admits as many calls as there are, one after the other, up to <paramref name="most"/>.</summary>
    public static async Task<int> CallAsync(SessionMeter meter, int most)
    {
        for (var admitted = 0; admitted < most; admitted++)
        {
            if (!meter.TryAdmit(isTool: true) && await meter.AdmitAsync(isTool: true, CancellationToken.None) is not null)
            {
                return admitted;
            }

            meter.Release();
        }

        return most;
    }

    private static ServerConfiguration Of(QuotaConfiguration? client, QuotaConfiguration? tenant, QuotaConfiguration? session)
    {
        var clients = new[] { "alice", "bob" }.ToDictionary(
            id => id, id => new ClientConfiguration { Id = id, Quotas = client ?? Free, SessionQuotas = session ?? Free }, StringComparer.Ordinal);
        var acme = new TenantConfiguration { Id = "acme", Quotas = tenant ?? Free, Clients = clients };
        return new ServerConfiguration { Tenants = new Dictionary<string, TenantConfiguration>(StringComparer.Ordinal) { ["acme"] = acme } };
    }

    private Tenant NewTenant() => new("acme", _configuration, Time, Store, Records, Sessions, Signals, NullLogger.Instance);

    private sealed class Moving(LedgerBench bench) : ITenant
    {
        public ValueTask<SessionRefusal?> RegisterAsync(
            SessionOwner owner, SessionKey session, DateTimeOffset openedAt, CancellationToken cancellationToken) =>
            bench.Tenant.RegisterAsync(owner, session, openedAt, cancellationToken);

        public ValueTask<CutoffSet?> ReadCutoffsAsync(long known, CancellationToken cancellationToken) =>
            bench.Tenant.ReadCutoffsAsync(known, cancellationToken);

        public ValueTask<CutoffReceipt> CutOffAsync(CutoffChange change, CancellationToken cancellationToken) =>
            bench.Tenant.CutOffAsync(change, cancellationToken);

        public ValueTask<IReadOnlyList<ToolJudgement>> JudgeToolsAsync(ToolListing listing, CancellationToken cancellationToken) =>
            bench.Tenant.JudgeToolsAsync(listing, cancellationToken);

        public ValueTask<ToolPinPage> ReadToolPinsAsync(string server, string? after, int limit, CancellationToken cancellationToken) =>
            bench.Tenant.ReadToolPinsAsync(server, after, limit, cancellationToken);

        public ValueTask<ToolPinOutcome> ChangeToolPinsAsync(ToolPinChange change, CancellationToken cancellationToken) =>
            bench.Tenant.ChangeToolPinsAsync(change, cancellationToken);

        public ValueTask UnregisterAsync(string client, SessionKey session, CancellationToken cancellationToken) =>
            bench.Tenant.UnregisterAsync(client, session, cancellationToken);

        public ValueTask<QuotaLease> LeaseAsync(QuotaRequest request, CancellationToken cancellationToken) =>
            bench.Tenant.LeaseAsync(request, cancellationToken);

        public ValueTask<QuotaRefusal?> CountRequestsAsync(string client, long requests, CancellationToken cancellationToken) =>
            bench.Tenant.CountRequestsAsync(client, requests, cancellationToken);

        public ValueTask<IReadOnlyList<QuotaLeft>> ReadQuotasAsync(string client, SessionKey session, CancellationToken cancellationToken) =>
            bench.Tenant.ReadQuotasAsync(client, session, cancellationToken);

        public ValueTask<CounterGrant> ReserveAsync(CounterReservation reservation, CancellationToken cancellationToken) =>
            bench.Tenant.ReserveAsync(reservation, cancellationToken);

        public ValueTask ReturnAsync(CounterReservation reservation, CounterGrant grant, CancellationToken cancellationToken) =>
            bench.Tenant.ReturnAsync(reservation, grant, cancellationToken);

        public ValueTask<StateCharge> KeepAsync(string client, string name, long bytes, bool isHeld, CancellationToken cancellationToken) =>
            bench.Tenant.KeepAsync(client, name, bytes, isHeld, cancellationToken);

        public ValueTask<IReadOnlyList<SessionKey>> ListSessionsAsync(string? client, CancellationToken cancellationToken) =>
            bench.Tenant.ListSessionsAsync(client, cancellationToken);

        public ValueTask<TenantUsage> ReadUsageAsync(UsageQuery query, CancellationToken cancellationToken) =>
            bench.Tenant.ReadUsageAsync(query, cancellationToken);

        public ValueTask<CachedOutput?> FindOutputAsync(CacheKey key, CancellationToken cancellationToken) =>
            bench.Tenant.FindOutputAsync(key, cancellationToken);

        public ValueTask KeepOutputAsync(CacheKey key, ReadOnlyMemory<byte> result, TimeSpan timeToLive, CancellationToken cancellationToken) =>
            bench.Tenant.KeepOutputAsync(key, result, timeToLive, cancellationToken);

        public ValueTask DropOutputsAsync(string client, CancellationToken cancellationToken) =>
            bench.Tenant.DropOutputsAsync(client, cancellationToken);

        public ValueTask AppendCallsAsync(string tenant, IReadOnlyList<ToolLogEntry> entries, CancellationToken cancellationToken) =>
            bench.Tenant.AppendCallsAsync(tenant, entries, cancellationToken);

        public ValueTask<IReadOnlyList<ToolLogEntry>> ReadCallsAsync(ToolLogQuery query, CancellationToken cancellationToken) =>
            bench.Tenant.ReadCallsAsync(query, cancellationToken);
    }
}
