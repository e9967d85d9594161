using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Wire;

// Surrogates of operators' requests and replies.

[GenerateSerializer, Alias("mcp.operatorrequest")]
internal struct OperatorRequestSurrogate
{
    [Id(0)] public string Operator;
    [Id(1)] public string Tenant;
    [Id(2)] public OperatorAction Action;
    [Id(3)] public string[]? Permissions;
}

[RegisterConverter]
internal sealed class OperatorRequestConverter : IConverter<OperatorRequest, OperatorRequestSurrogate>
{
    public OperatorRequest ConvertFromSurrogate(in OperatorRequestSurrogate surrogate) =>
        new(surrogate.Operator, surrogate.Tenant, surrogate.Action, surrogate.Permissions);

    public OperatorRequestSurrogate ConvertToSurrogate(in OperatorRequest value) => new()
    {
        Operator = value.Operator, Tenant = value.Tenant, Action = value.Action,
        Permissions = value.Permissions is { } permissions ? [.. permissions] : null,
    };
}

[GenerateSerializer, Alias("mcp.operatorreply")]
internal struct OperatorReplySurrogate
{
    [Id(0)] public string? Client;
    [Id(1)] public string Subject;
    [Id(2)] public DateTimeOffset OpenedAt;
    [Id(3)] public DateTimeOffset LastActiveAt;
    [Id(4)] public int Calls;
    [Id(5)] public string[] Permissions;
    [Id(6)] public SessionReceipt? Receipt;
}

[RegisterConverter]
internal sealed class OperatorReplyConverter : IConverter<OperatorReply, OperatorReplySurrogate>
{
    public OperatorReply ConvertFromSurrogate(in OperatorReplySurrogate surrogate) => new(
        surrogate.Client, surrogate.Subject, surrogate.OpenedAt, surrogate.LastActiveAt, surrogate.Calls, surrogate.Permissions, surrogate.Receipt);

    public OperatorReplySurrogate ConvertToSurrogate(in OperatorReply value) => new()
    {
        Client = value.Client, Subject = value.Subject, OpenedAt = value.OpenedAt, LastActiveAt = value.LastActiveAt, Calls = value.Calls,
        Permissions = [.. value.Permissions], Receipt = value.Receipt,
    };
}
