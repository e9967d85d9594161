using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;

namespace OrleansMcp.Memory;

/// <summary>
/// The bytes that requests and their replies hold in this process, from the first byte of a body to the last byte of the reply that the socket
/// took. Each is charged to a client, its tenant and the process (<see cref="HeldBytes"/>), and each of the three has a limit
/// (<see cref="MemoryConfiguration"/>).
/// </summary>
/// <remarks>
/// What a client may hold is a share of the process, so that several must work together to fill it. Before it is full
/// (<see cref="MemoryRelief"/>) the client that holds most gives up what it holds; the others go on.
/// </remarks>
public sealed partial class HeldMemory
{
    private readonly IConfigurationSource _configuration;
    private readonly long _available;
    private readonly ConcurrentDictionary<(string Tenant, string Client), ClientMemory> _clients = new();
    private readonly ConcurrentDictionary<string, TenantMemory> _tenants = new(StringComparer.Ordinal);
    private readonly MemoryRelief _relief;
    private MemoryLimits _limits;
    private long _held;
    private long _peak;

    /// <param name="configuration">Names the limits that differ from the defaults.</param>
    public HeldMemory(IConfigurationSource configuration) : this(configuration, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
    {
    }

    /// <param name="configuration">Names the limits that differ from the defaults.</param>
    /// <param name="available">The memory of the process, bytes. The runtime knows the limit of its container.</param>
    internal HeldMemory(IConfigurationSource configuration, long available)
    {
        (_configuration, _available) = (configuration, available);
        _relief = new MemoryRelief(this);
        _limits = MemoryLimits.Of(configuration.Current.Memory, available);
        configuration.Changed += Reconfigure;
    }

    /// <summary>The bytes that are held now.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>The most bytes that may be held.</summary>
    public long Limit => Volatile.Read(ref _limits).Process;

    /// <summary>The clients that hold something or did.</summary>
    internal IEnumerable<ClientMemory> Clients => _clients.Values;

    /// <summary>Begins to charge a client. Nothing is held yet.</summary>
    public HeldBytes Hold(Caller caller) => Hold(caller.Tenant, caller.Client);

    /// <summary>Charges the process alone, whatever the limit: for connections, whose number has a limit of its own. Negative: no longer.</summary>
    public void ChargeConnections(long bytes) => Interlocked.Add(ref _held, bytes);

    /// <summary>Begins to charge a client. Nothing is held yet.</summary>
    internal HeldBytes Hold(string tenant, string client) => new(this, ClientOf(tenant, client));

    /// <summary>The most bytes that were held since this was last asked.</summary>
    internal long TakePeak() => Math.Max(Interlocked.Exchange(ref _peak, Held), Held);

    /// <summary>Charges a client, its tenant and the process. False, and nothing is charged, when one of them is over its limit.</summary>
    internal bool TryCharge(ClientMemory client, long bytes, [NotNullWhen(false)] out QuotaRefusal? refusal)
    {
        var whose = Interlocked.Add(ref _held, bytes) > Limit ? QuotaScope.Process
            : client.Tenant.Add(bytes) > client.Tenant.Limit ? QuotaScope.Tenant
            : client.Add(bytes) > client.Limit ? QuotaScope.Client
            : (QuotaScope?)null;
        if (whose is { } scope)
        {
            Interlocked.Add(ref _held, -bytes);
            client.Tenant.Add(scope == QuotaScope.Process ? 0 : -bytes);
            client.Add(scope == QuotaScope.Client ? -bytes : 0);
            _relief.Consider(Held, Limit);
            refusal = new QuotaRefusal(Quota.HeldBytes, scope, RetryAfterSeconds: 1);
            return false;
        }

        Noticed();
        refusal = null;
        return true;
    }

    /// <summary>Charges or, with a negative number, stops charging a client, its tenant and the process, whatever their limits.</summary>
    internal void Charge(ClientMemory client, long bytes)
    {
        Interlocked.Add(ref _held, bytes);
        client.Tenant.Add(bytes);
        client.Add(bytes);
        if (bytes > 0)
        {
            Noticed();
        }
    }

    private void Noticed()
    {
        var held = Held;
        if (held > Volatile.Read(ref _peak))
        {
            Volatile.Write(ref _peak, held);
        }

        _relief.Consider(held, Limit);
    }

    private ClientMemory ClientOf(string tenant, string client) => _clients.TryGetValue((tenant, client), out var known)
        ? known
        : _clients.GetOrAdd((tenant, client), static (key, self) => self.NewClient(key.Tenant, key.Client), this);

    private ClientMemory NewClient(string tenant, string client)
    {
        var its = _tenants.GetOrAdd(tenant, static (id, self) => new TenantMemory(id) { Limit = self.LimitOfTenant(id) }, this);
        return new ClientMemory(its) { Limit = LimitOfClient(tenant, client) };
    }

    private long LimitOfTenant(string tenant) => _configuration.Current.Tenants.GetValueOrDefault(tenant)?.Quotas.HeldBytes ?? _limits.Tenant;

    private long LimitOfClient(string tenant, string client) => _configuration.Current.FindClient(tenant, client)?.Quotas.HeldBytes ?? _limits.Client;

    private void Reconfigure()
    {
        Volatile.Write(ref _limits, MemoryLimits.Of(_configuration.Current.Memory, _available));
        foreach (var tenant in _tenants.Values)
        {
            tenant.Limit = LimitOfTenant(tenant.Id);
        }

        foreach (var (key, client) in _clients)
        {
            client.Limit = LimitOfClient(key.Tenant, key.Client);
            if (client.Held == 0 && _configuration.Current.FindClient(key.Tenant, key.Client) is null)
            {
                _clients.TryRemove(KeyValuePair.Create(key, client)); // What it still charges in this moment it gives back by itself.
            }
        }
    }
}
