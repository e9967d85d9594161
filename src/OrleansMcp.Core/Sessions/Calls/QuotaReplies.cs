using OrleansMcp.Protocol;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Calls;

/// <summary>What a front end answers that refuses a message for its client's quota, before a session sees it: the same as a session would.</summary>
public sealed class QuotaReplies(Catalogue catalogue)
{
    private readonly ReplyWriter _replies = new(catalogue);

    /// <summary>The reply to a message: a tool result, or a JSON-RPC error with the message's id and its HTTP status.</summary>
    public SessionReply Of(McpMessage message, bool isSessionless, QuotaRefusal refusal) => _replies.WriteRefusal(message, isSessionless, refusal).ToReply();
}
