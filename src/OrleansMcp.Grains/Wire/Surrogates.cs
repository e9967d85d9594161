using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Wire;

// Surrogates of the data types of Core, which does not reference Orleans. The numbers below are the wire format and never change.

[GenerateSerializer, Alias("mcp.caller")]
internal struct CallerSurrogate
{
    [Id(0)] public string Tenant;
    [Id(1)] public string Client;
    [Id(2)] public string Subject;
    [Id(3)] public string? KeyThumbprint;
    [Id(4)] public string[]? Scopes;
    [Id(5)] public string[]? Claims; // name, value, name, value …
}

[RegisterConverter]
internal sealed class CallerConverter : IConverter<Caller, CallerSurrogate>
{
    public Caller ConvertFromSurrogate(in CallerSurrogate surrogate) =>
        new(surrogate.Tenant, surrogate.Client, surrogate.Subject, surrogate.KeyThumbprint)
        {
            Scopes = surrogate.Scopes?.ToHashSet(StringComparer.Ordinal),
            Claims = surrogate.Claims is { } claims ? [.. claims.Chunk(2).Select(static pair => new CallerClaim(pair[0], pair[1]))] : [],
        };

    public CallerSurrogate ConvertToSurrogate(in Caller value) => new()
    {
        Tenant = value.Tenant, Client = value.Client, Subject = value.Subject, KeyThumbprint = value.KeyThumbprint,
        Scopes = value.Scopes is { } scopes ? [.. scopes] : null,
        Claims = value.Claims.Count > 0 ? [.. value.Claims.SelectMany(static claim => new[] { claim.Type, claim.Value })] : null,
    };
}

[GenerateSerializer, Alias("mcp.options")]
internal struct PostOptionsSurrogate
{
    [Id(0)] public bool AcceptsStream;
    [Id(1)] public string? ProtocolVersion;
    [Id(2)] public bool IsHandle;
    [Id(3)] public Guid Delivery;
    [Id(4)] public long Sender;
    [Id(5)] public long Sequence;
    [Id(6)] public long Settled;
    [Id(7)] public QuotaRefusal? Refusal;
    [Id(8)] public byte[]? SealedToken; // The caller's token crosses in no other form.
}

[RegisterConverter]
internal sealed class PostOptionsConverter : IConverter<PostOptions, PostOptionsSurrogate>
{
    public PostOptions ConvertFromSurrogate(in PostOptionsSurrogate surrogate) =>
        new(surrogate.AcceptsStream, surrogate.ProtocolVersion, surrogate.IsHandle,
            new DeliveryName(surrogate.Delivery, surrogate.Sender, surrogate.Sequence, surrogate.Settled), surrogate.Refusal)
        {
            SealedToken = surrogate.SealedToken,
        };

    public PostOptionsSurrogate ConvertToSurrogate(in PostOptions value) => new()
    {
        AcceptsStream = value.AcceptsStream, ProtocolVersion = value.ProtocolVersion, IsHandle = value.IsHandle,
        Delivery = value.Delivery.Id, Sender = value.Delivery.Sender, Sequence = value.Delivery.Sequence, Settled = value.Delivery.Settled, Refusal = value.Refusal,
        SealedToken = value.SealedToken,
    };
}

[GenerateSerializer, Alias("mcp.reply")]
internal struct SessionReplySurrogate
{
    [Id(0)] public ReplyKind Kind;
    [Id(1)] public byte[]? Body;
    [Id(2)] public int Status;
    [Id(3)] public long StreamId;
    [Id(4)] public int RetryAfterSeconds;
}

[RegisterConverter]
internal sealed class SessionReplyConverter : IConverter<SessionReply, SessionReplySurrogate>
{
    public SessionReply ConvertFromSurrogate(in SessionReplySurrogate surrogate) =>
        new(surrogate.Kind, surrogate.Body, surrogate.Status, surrogate.StreamId, surrogate.RetryAfterSeconds);

    public SessionReplySurrogate ConvertToSurrogate(in SessionReply value) => new()
    {
        Kind = value.Kind, Body = Bytes.Of(value.Body), Status = value.Status, StreamId = value.StreamId,
        RetryAfterSeconds = value.RetryAfterSeconds,
    };
}

[GenerateSerializer, Alias("mcp.event")]
internal struct SessionEventSurrogate
{
    [Id(0)] public SessionEventKind Kind;
    [Id(1)] public string? Id;
    [Id(2)] public byte[]? Data;
    [Id(3)] public TimeSpan? Retry;
}

[RegisterConverter]
internal sealed class SessionEventConverter : IConverter<SessionEvent, SessionEventSurrogate>
{
    public SessionEvent ConvertFromSurrogate(in SessionEventSurrogate surrogate) =>
        new(surrogate.Kind, surrogate.Id, surrogate.Data, surrogate.Retry);

    public SessionEventSurrogate ConvertToSurrogate(in SessionEvent value) => new()
    {
        Kind = value.Kind, Id = value.Id, Data = Bytes.Of(value.Data), Retry = value.Retry,
    };
}

[GenerateSerializer, Alias("mcp.stream")]
internal struct StreamRequestSurrogate
{
    [Id(0)] public long StreamId;
    [Id(1)] public string? LastEventId;
}

[RegisterConverter]
internal sealed class StreamRequestConverter : IConverter<StreamRequest, StreamRequestSurrogate>
{
    public StreamRequest ConvertFromSurrogate(in StreamRequestSurrogate surrogate) => new(surrogate.StreamId, surrogate.LastEventId);

    public StreamRequestSurrogate ConvertToSurrogate(in StreamRequest value) => new() { StreamId = value.StreamId, LastEventId = value.LastEventId };
}

[GenerateSerializer, Alias("mcp.receipt")]
internal struct SessionReceiptSurrogate
{
    [Id(0)] public SessionEndReason Reason;
    [Id(1)] public DateTimeOffset OpenedAt;
    [Id(2)] public DateTimeOffset EndedAt;
    [Id(3)] public int CallsCancelled;
    [Id(4)] public int SecretsCleared;
    [Id(5)] public int ServersClosed;
}

[RegisterConverter]
internal sealed class SessionReceiptConverter : IConverter<SessionReceipt, SessionReceiptSurrogate>
{
    public SessionReceipt ConvertFromSurrogate(in SessionReceiptSurrogate surrogate) =>
        new(surrogate.Reason, surrogate.OpenedAt, surrogate.EndedAt, surrogate.CallsCancelled, surrogate.SecretsCleared, surrogate.ServersClosed);

    public SessionReceiptSurrogate ConvertToSurrogate(in SessionReceipt value) => new()
    {
        Reason = value.Reason, OpenedAt = value.OpenedAt, EndedAt = value.EndedAt, CallsCancelled = value.CallsCancelled,
        SecretsCleared = value.SecretsCleared,
        ServersClosed = value.ServersClosed,
    };
}

[GenerateSerializer, Alias("mcp.refusal")]
internal struct SessionRefusalSurrogate
{
    [Id(0)] public string Code;
    [Id(1)] public string Message;
    [Id(2)] public int RetryAfterSeconds;
    [Id(3)] public QuotaRefusal? Quota;
}

[RegisterConverter]
internal sealed class SessionRefusalConverter : IConverter<SessionRefusal, SessionRefusalSurrogate>
{
    public SessionRefusal ConvertFromSurrogate(in SessionRefusalSurrogate surrogate) =>
        surrogate.Quota is { } quota ? SessionRefusal.OverQuota(quota) : new(surrogate.Code, surrogate.Message, surrogate.RetryAfterSeconds);

    public SessionRefusalSurrogate ConvertToSurrogate(in SessionRefusal value) => new()
    {
        Code = value.Code, Message = value.Message, RetryAfterSeconds = value.RetryAfterSeconds, Quota = value.Quota,
    };
}

[GenerateSerializer, Alias("mcp.key")]
internal struct SessionKeySurrogate
{
    [Id(0)] public string Value;
}

[RegisterConverter]
internal sealed class SessionKeyConverter : IConverter<SessionKey, SessionKeySurrogate>
{
    public SessionKey ConvertFromSurrogate(in SessionKeySurrogate surrogate) => new(surrogate.Value);

    public SessionKeySurrogate ConvertToSurrogate(in SessionKey value) => new() { Value = value.Value };
}
