using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansMcp.Memory;
using OrleansMcp.Quotas.Usage;

namespace OrleansMcp.Http.Operators.Usage;

/// <summary>What a tenant and its clients use.</summary>
/// <param name="Tenant">The tenant's id.</param>
/// <param name="Quotas">Its quotas, over the whole cluster.</param>
/// <param name="HeldBytes">What it holds in this process.</param>
/// <param name="Clients">Its clients that use something, the nearest to a limit first.</param>
/// <param name="OmittedClients">How many more there are.</param>
internal sealed record UsedByTenant(
    string Tenant, IReadOnlyList<QuotaUse> Quotas, HeldUse HeldBytes, IReadOnlyList<UsedByClient> Clients, int OmittedClients);

/// <summary>What a client uses.</summary>
internal sealed record UsedByClient(string Client, IReadOnlyList<QuotaUse> Quotas, HeldUse HeldBytes)
{
    /// <summary>The largest part of a limit that it uses; 1 is all of it.</summary>
    [JsonIgnore]
    public decimal Share => Quotas.Select(static quota => quota.Share).Append(HeldBytes.Share).Max();
}

/// <summary>Bytes that requests and their replies hold in this process.</summary>
internal sealed record HeldUse(long Used, long Limit, long Left)
{
    /// <summary>The part of the limit that is used; 1 is all of it.</summary>
    [JsonIgnore]
    public decimal Share => (decimal)Used / Math.Max(1, Limit);

    public static HeldUse Of(MemoryUse use) => new(use.Held, use.Limit, use.Left);
}

/// <summary>A page of tenants.</summary>
/// <param name="Tenants">In the order of their ids.</param>
/// <param name="Near">Who among them has used much of a limit, the nearest to it first.</param>
/// <param name="Next">What to pass as <c>after</c> for the next page; null at the end.</param>
internal sealed record UsagePage(IReadOnlyList<TenantOnPage> Tenants, IReadOnlyList<NearLimit> Near, string? Next);

/// <summary>What a tenant uses, without its clients.</summary>
/// <param name="Tenant">The tenant's id.</param>
/// <param name="Quotas">Its quotas, over the whole cluster; null when they could not be read.</param>
/// <param name="HeldBytes">What it holds in this process.</param>
/// <param name="Error">Why the quotas could not be read: <c>tenant_stopped</c> or <c>unavailable</c>; null when they could.</param>
internal sealed record TenantOnPage(string Tenant, IReadOnlyList<QuotaUse>? Quotas, HeldUse HeldBytes, string? Error);

/// <summary>A limit of which much is used.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Client">The client whose limit it is; null when it is the tenant's.</param>
/// <param name="Quota">The name of the quota, or <c>heldBytes</c>.</param>
/// <param name="Used">What is used.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Percent">The part of the limit that is used, rounded down.</param>
internal sealed record NearLimit(string Tenant, string? Client, string Quota, decimal Used, decimal Limit, long Percent);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(UsedByTenant))]
[JsonSerializable(typeof(UsagePage))]
internal sealed partial class UsageJson : JsonSerializerContext;
