using OrleansMcp.Sessions.Yielding;

namespace OrleansMcp.Grains.Wire;

// Surrogates of what a tenant asks of a session. The numbers below are the wire format and never change.

[GenerateSerializer, Alias("mcp.yield")]
internal struct YieldRequestSurrogate
{
    [Id(0)] public string Tenant;
    [Id(1)] public DateTimeOffset UnusedSince;
    [Id(2)] public DateTimeOffset HeldSince;
}

[RegisterConverter]
internal sealed class YieldRequestConverter : IConverter<YieldRequest, YieldRequestSurrogate>
{
    public YieldRequest ConvertFromSurrogate(in YieldRequestSurrogate surrogate) => new(surrogate.Tenant, surrogate.UnusedSince, surrogate.HeldSince);

    public YieldRequestSurrogate ConvertToSurrogate(in YieldRequest value) => new()
    {
        Tenant = value.Tenant, UnusedSince = value.UnusedSince, HeldSince = value.HeldSince,
    };
}

[GenerateSerializer, Alias("mcp.yieldreply")]
internal struct YieldReplySurrogate
{
    [Id(0)] public YieldOutcome Outcome;
    [Id(1)] public DateTimeOffset LastActiveAt;
    [Id(2)] public DateTimeOffset DueAt;
}

[RegisterConverter]
internal sealed class YieldReplyConverter : IConverter<YieldReply, YieldReplySurrogate>
{
    public YieldReply ConvertFromSurrogate(in YieldReplySurrogate surrogate) => new(surrogate.Outcome, surrogate.LastActiveAt, surrogate.DueAt);

    public YieldReplySurrogate ConvertToSurrogate(in YieldReply value) => new()
    {
        Outcome = value.Outcome, LastActiveAt = value.LastActiveAt, DueAt = value.DueAt,
    };
}
