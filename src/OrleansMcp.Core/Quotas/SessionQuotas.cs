using OrleansMcp.Configuration;
using OrleansMcp.Sessions;

namespace OrleansMcp.Quotas;

/// <summary>What a single session may use of the quotas that it counts itself: what is configured, and half of what its client may at most.</summary>
/// <param name="Requests">Requests a minute.</param>
/// <param name="Writes">Writes a minute.</param>
internal readonly record struct SessionQuotas(long Requests, long Writes)
{
    /// <summary>The quotas of a session of <paramref name="owner"/>.</summary>
    public static SessionQuotas Of(SessionOwner owner, ServerConfiguration configuration)
    {
        if (!configuration.Tenants.TryGetValue(owner.Tenant, out var tenant) || !tenant.Clients.TryGetValue(owner.Client, out var client))
        {
            return default;
        }

        var (all, one) = (tenant.SessionQuotas, client.SessionQuotas);
        return new(
            Limit(all.RequestsPerMinute, one.RequestsPerMinute, client.Quotas.RequestsPerMinute),
            Limit(all.WritesPerMinute, one.WritesPerMinute, client.Quotas.WritesPerMinute));
    }

    private static long Limit(long all, long one, long ofClient) =>
        Math.Min(all, one) is var configured and < QuotaConfiguration.Unlimited ? configured
        : ofClient == QuotaConfiguration.Unlimited ? ofClient
        : Math.Max(1, ofClient / 2);
}
