namespace OrleansMcp.Quotas.Usage;

/// <summary>What a tenant and its clients use of their quotas.</summary>
/// <param name="Quotas">Those of the tenant: each that has a limit, and requests and compute without one.</param>
/// <param name="Clients">Clients that use something, the nearest to a limit first.</param>
/// <param name="Omitted">How many more clients there are than the query asked for.</param>
public sealed record TenantUsage(IReadOnlyList<QuotaUse> Quotas, IReadOnlyList<ClientUsage> Clients, int Omitted);

/// <summary>What a client uses of its quotas.</summary>
/// <param name="Client">The client's id.</param>
/// <param name="Quotas">Each that has a limit, and requests and compute without one.</param>
public sealed record ClientUsage(string Client, IReadOnlyList<QuotaUse> Quotas);
