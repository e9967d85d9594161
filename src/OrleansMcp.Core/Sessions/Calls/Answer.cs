using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Signals;

namespace OrleansMcp.Sessions.Calls;

/// <summary>How a request ended.</summary>
internal enum AnswerOutcome
{
    /// <summary>With its result.</summary>
    Ok,

    /// <summary>It was cancelled or refused, for a mistake of the client, a permission or a quota.</summary>
    Refused,

    /// <summary>The server failed.</summary>
    Failed,
}

/// <summary>The final message of a request and the HTTP status it is tied to. No body: the request was cancelled and gets none.</summary>
internal readonly record struct Answer(byte[]? Body, int Status, AnswerOutcome Outcome, bool IsMoved = false, int RetryAfterSeconds = 0)
{
    private const string MovedMessage = "The server that ran this request stopped. Its session goes on; send the request again.";

    public static Answer None => new(null, 200, AnswerOutcome.Refused);

    /// <summary>
    /// The answer to a request that its client cancelled: none is owed (basic/utilities/cancellation). A client that reads no streams gets an error,
    /// because a JSON body must say something.
    /// </summary>
    public static Answer Cancelled(RunningCall call) => call.Sink.AcceptsStream
        ? None
        : new(RpcReply.Error(call.Id, RpcError.Refused, "The request was cancelled by its client."), 200, AnswerOutcome.Refused);

    public static Answer Of(byte[] body, AnswerOutcome outcome = AnswerOutcome.Ok) => new(body, 200, outcome);

    /// <summary>
    /// The session is deactivated in this process: the request is not answered, and may be delivered again. A client that gets this is asked to
    /// send it again unless a tool ran for it that would do its work twice.
    /// </summary>
    public static Answer Moved(RunningCall call)
    {
        var isRepeatable = !call.HasRun || call.Tool?.Entry?.IsRepeatable(call.Message) == true;
        var body = isRepeatable ? RpcReply.Error(call.Id, RpcError.InternalError, MovedMessage, Retryable()) : LostAnswer.To(call.Id);
        return new(body, LostAnswer.Status, AnswerOutcome.Failed, IsMoved: true);
    }

    public static Answer Error(JsonElement id, int code, string message, bool sessionless, JsonNode? data = null) =>
        new(RpcReply.Error(id, code, message, data), RpcError.StatusOf(code, sessionless), code == RpcError.InternalError ? AnswerOutcome.Failed : AnswerOutcome.Refused);

    /// <summary>A request that is no tool call is over a quota: 429, or 503 when it is the whole process that is full.</summary>
    public static Answer OverQuota(JsonElement id, QuotaRefusal refusal) => new(
        RpcReply.Error(id, RpcError.Refused, refusal.Message, QuotaJson.Of(refusal)), QuotaJson.StatusOf(refusal), AnswerOutcome.Refused,
        RetryAfterSeconds: refusal.RetryAfterSeconds);

    /// <summary>The ledgers cannot be written, so nothing is admitted that they must count.</summary>
    public static Answer Unavailable(JsonElement id, QuotaUnavailableException unavailable) => new(
        RpcReply.Error(id, RpcError.InternalError, unavailable.Message, new JsonObject { ["code"] = QuotaRefusal.UnavailableCode }), 503, AnswerOutcome.Failed,
        RetryAfterSeconds: 1);

    /// <summary>The client has named too many sessions that are not its own.</summary>
    public static Answer Throttled(JsonElement id, ThrottledException throttled) => new(
        RpcReply.Error(id, RpcError.Refused, throttled.Message, throttled.ToJson()), 429, AnswerOutcome.Refused, RetryAfterSeconds: throttled.RetryAfterSeconds);

    /// <summary>The reply of a POST that is answered by this alone, in JSON. It has a body.</summary>
    public SessionReply ToReply() =>
        IsMoved ? SessionReply.Moved(Body) : SessionReply.Message(Body, Status) with { RetryAfterSeconds = RetryAfterSeconds };

    private static JsonObject Retryable() => new() { ["code"] = "session_moved", ["retryable"] = true };
}
