using OrleansMcp.Quotas.Usage;

namespace OrleansMcp.Grains.Wire;

// Surrogates of what operators read of quotas. The numbers below are the wire format and never change.

[GenerateSerializer, Alias("mcp.usage.query")]
internal struct UsageQuerySurrogate
{
    [Id(0)] public int Clients;
    [Id(1)] public int LeastPercent;
    [Id(2)] public string[] Named;
}

[RegisterConverter]
internal sealed class UsageQueryConverter : IConverter<UsageQuery, UsageQuerySurrogate>
{
    public UsageQuery ConvertFromSurrogate(in UsageQuerySurrogate surrogate) => new(surrogate.Clients, surrogate.LeastPercent, surrogate.Named);

    public UsageQuerySurrogate ConvertToSurrogate(in UsageQuery value) => new()
    {
        Clients = value.Clients, LeastPercent = value.LeastPercent, Named = [.. value.Named],
    };
}

[GenerateSerializer, Alias("mcp.usage.quota")]
internal struct QuotaUseSurrogate
{
    [Id(0)] public string Name;
    [Id(1)] public decimal Used;
    [Id(2)] public decimal? Limit;
    [Id(3)] public DateTimeOffset? ResetsAt;
}

[RegisterConverter]
internal sealed class QuotaUseConverter : IConverter<QuotaUse, QuotaUseSurrogate>
{
    public QuotaUse ConvertFromSurrogate(in QuotaUseSurrogate surrogate) => new(surrogate.Name, surrogate.Used, surrogate.Limit, surrogate.ResetsAt);

    public QuotaUseSurrogate ConvertToSurrogate(in QuotaUse value) => new()
    {
        Name = value.Name, Used = value.Used, Limit = value.Limit, ResetsAt = value.ResetsAt,
    };
}

[GenerateSerializer, Alias("mcp.usage.client")]
internal struct ClientUsageSurrogate
{
    [Id(0)] public string Client;
    [Id(1)] public QuotaUse[] Quotas;
}

[RegisterConverter]
internal sealed class ClientUsageConverter : IConverter<ClientUsage, ClientUsageSurrogate>
{
    public ClientUsage ConvertFromSurrogate(in ClientUsageSurrogate surrogate) => new(surrogate.Client, surrogate.Quotas);

    public ClientUsageSurrogate ConvertToSurrogate(in ClientUsage value) => new() { Client = value.Client, Quotas = [.. value.Quotas] };
}

[GenerateSerializer, Alias("mcp.usage.tenant")]
internal struct TenantUsageSurrogate
{
    [Id(0)] public QuotaUse[] Quotas;
    [Id(1)] public ClientUsage[] Clients;
    [Id(2)] public int Omitted;
}

[RegisterConverter]
internal sealed class TenantUsageConverter : IConverter<TenantUsage, TenantUsageSurrogate>
{
    public TenantUsage ConvertFromSurrogate(in TenantUsageSurrogate surrogate) => new(surrogate.Quotas, surrogate.Clients, surrogate.Omitted);

    public TenantUsageSurrogate ConvertToSurrogate(in TenantUsage value) => new()
    {
        Quotas = [.. value.Quotas], Clients = [.. value.Clients], Omitted = value.Omitted,
    };
}
