using OrleansMcp.Configuration;
using OrleansMcp.Memory;
using OrleansMcp.Quotas.Usage;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Http.Operators.Usage;

/// <summary>What tenants and clients use: their quotas from the tenants' actors, over the whole cluster, and what they hold in this process.</summary>
internal sealed class OperatedUsage(ITenantDirectory tenants, HeldMemory memory, IConfigurationSource configuration)
{
    /// <summary>How many clients of a tenant are listed at most.</summary>
    public const int MostClients = 1000;

    private const int AtOnce = 16;
    private const string Unavailable = "unavailable";

    /// <summary>What a tenant and its clients use.</summary>
    /// <exception cref="TenantStoppedException">The tenant is stopped.</exception>
    /// <exception cref="SessionUnavailableException">The tenant cannot be reached.</exception>
    /// <exception cref="IOException">The tenant's ledgers cannot be read.</exception>
    public async Task<UsedByTenant> ReadAsync(string tenant, CancellationToken cancellationToken)
    {
        var holding = memory.Holdings().Where(one => one.Tenant == tenant).Select(static one => one.Client).ToArray();
        var read = await tenants.Get(tenant).ReadUsageAsync(new UsageQuery(MostClients, LeastPercent: 0, holding), cancellationToken);
        var quotas = read.Clients.ToDictionary(static one => one.Client, static one => one.Quotas, StringComparer.Ordinal);
        var clients = quotas.Keys.Union(holding, StringComparer.Ordinal)
            .Select(client => new UsedByClient(client, quotas.GetValueOrDefault(client) ?? [], HeldUse.Of(memory.UseOf(tenant, client))))
            .OrderByDescending(static one => one.Share).ThenBy(static one => one.Client, StringComparer.Ordinal).ToList();
        return new UsedByTenant(
            tenant, read.Quotas, HeldUse.Of(memory.UseOf(tenant)), [.. clients.Take(MostClients)],
            read.Omitted + Math.Max(0, clients.Count - MostClients));
    }

    /// <summary>One page of tenants in the order of their ids, after a given one.</summary>
    public async Task<UsagePage> ListAsync(string? after, int count, CancellationToken cancellationToken)
    {
        var wanted = configuration.Current.Tenants.Keys
            .Where(tenant => after is null || string.CompareOrdinal(tenant, after) > 0).Order(StringComparer.Ordinal).ToList();
        var ids = wanted.Take(count).ToList();
        var (near, page) = (new NearLimits(), new List<TenantOnPage>());
        foreach (var some in ids.Chunk(AtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = await Task.WhenAll(some.Select(tenant => TryReadAsync(tenant, cancellationToken)));
            page.AddRange(some.Zip(read, (tenant, one) => Describe(tenant, one.Usage, one.Error, near)));
        }

        var listed = ids.ToHashSet(StringComparer.Ordinal);
        foreach (var one in memory.Holdings().Where(one => listed.Contains(one.Tenant)))
        {
            near.Add(one.Tenant, one.Client, one.Use);
        }

        return new UsagePage(page, near.Nearest, wanted.Count > count ? ids[^1] : null);
    }

    private async Task<(TenantUsage? Usage, string? Error)> TryReadAsync(string tenant, CancellationToken cancellationToken)
    {
        try
        {
            var query = new UsageQuery(NearLimits.Most, NearLimits.LeastPercent, Named: []);
            return (await tenants.Get(tenant).ReadUsageAsync(query, cancellationToken), null);
        }
        catch (TenantStoppedException)
        {
            return (null, TenantStoppedException.Code);
        }
        catch (Exception e) when (e is IOException or SessionUnavailableException)
        {
            return (null, Unavailable); // The others are listed all the same; who keeps the ledgers has logged it.
        }
    }

    private TenantOnPage Describe(string tenant, TenantUsage? usage, string? error, NearLimits near)
    {
        var held = memory.UseOf(tenant);
        near.Add(tenant, client: null, held);
        near.Add(tenant, client: null, usage?.Quotas ?? []);
        foreach (var client in usage?.Clients ?? [])
        {
            near.Add(tenant, client.Client, client.Quotas);
        }

        return new TenantOnPage(tenant, usage?.Quotas, HeldUse.Of(held), error);
    }
}
