using OrleansMcp.Cutoffs;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;

namespace OrleansMcp.Sessions;

/// <summary>The kind of reply to a posted message.</summary>
public enum ReplyKind
{
    /// <summary>No such session for this caller: 404.</summary>
    NotFound,

    /// <summary>A notification or a response was taken: 202, no body.</summary>
    Accepted,

    /// <summary>The one final JSON-RPC message (or array, for a batch) is in <see cref="SessionReply.Body"/>.</summary>
    Message,

    /// <summary>The answer is a stream: read it with <see cref="ISession.ListenAsync"/> and <see cref="SessionReply.StreamId"/>.</summary>
    Stream,

    /// <summary>
    /// The actor was deactivated while the request ran. The request may be delivered again; a front end that does not do so answers with
    /// <see cref="SessionReply.Body"/>, an error that tells the client to send it again.
    /// </summary>
    Moved,
}

/// <summary>The answer of a session to a post.</summary>
/// <param name="Kind">The kind of reply.</param>
/// <param name="Body">A JSON-RPC message in UTF-8, for <see cref="ReplyKind.Message"/>.</param>
/// <param name="Status">The HTTP status that the protocol ties to the message; 200 unless it is an error with one of its own.</param>
/// <param name="StreamId">The stream to read, for <see cref="ReplyKind.Stream"/>.</param>
/// <param name="RetryAfterSeconds">When a refusal may be retried, or 0.</param>
public readonly record struct SessionReply(
    ReplyKind Kind, ReadOnlyMemory<byte> Body = default, int Status = 200, long StreamId = 0, int RetryAfterSeconds = 0)
{
    /// <summary>The answer to a stranger and about an unknown or ended session.</summary>
    public static SessionReply NotFound { get; } = new(ReplyKind.NotFound, Status: 404);

    /// <summary>A notification or response was taken.</summary>
    public static SessionReply Accepted { get; } = new(ReplyKind.Accepted, Status: 202);

    /// <summary>A final message with its HTTP status.</summary>
    public static SessionReply Message(ReadOnlyMemory<byte> body, int status = 200) => new(ReplyKind.Message, body, status);

    /// <summary>The session was not opened.</summary>
    public static SessionReply Refused(JsonElement id, SessionRefusal refusal)
    {
        if (refusal.Code == CutoffRefusal.Code)
        {
            return new(ReplyKind.Message, RpcReply.Error(id, RpcError.Refused, refusal.Message, new JsonObject { ["code"] = refusal.Code }), Status: 403);
        }

        var data = refusal.Quota is { } quota
            ? QuotaJson.Of(quota)
            : new JsonObject { ["code"] = refusal.Code, ["retryAfterSeconds"] = refusal.RetryAfterSeconds };
        return new(
            ReplyKind.Message, RpcReply.Error(id, RpcError.Refused, refusal.Message, data), Status: 429, RetryAfterSeconds: refusal.RetryAfterSeconds);
    }

    /// <summary>The actor was deactivated while the request ran.</summary>
    public static SessionReply Moved(ReadOnlyMemory<byte> error) => new(ReplyKind.Moved, error, Status: 503);

    /// <summary>The answer is the stream <paramref name="streamId"/>.</summary>
    public static SessionReply Streaming(long streamId) => new(ReplyKind.Stream, StreamId: streamId);
}

/// <summary>Why a session was not opened: a stable code, a sentence for a person, and when to try again.</summary>
public sealed record SessionRefusal(string Code, string Message, int RetryAfterSeconds)
{
    /// <summary>The quota that is used up; null when it is refused for another reason.</summary>
    public QuotaRefusal? Quota { get; private init; }

    /// <summary>The refusal of a client, or a tenant, that has used up a quota.</summary>
    public static SessionRefusal OverQuota(QuotaRefusal quota) => new(QuotaRefusal.Code, quota.Message, quota.RetryAfterSeconds) { Quota = quota };
}
