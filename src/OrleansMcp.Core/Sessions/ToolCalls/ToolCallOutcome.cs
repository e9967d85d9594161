using ModelContextProtocol.Protocol;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>How a tool call was answered.</summary>
/// <param name="Reply">The JSON-RPC message for the client.</param>
/// <param name="Code">One of <see cref="ToolOutcome"/>, or a code of a refusal: what the tool log tells.</param>
/// <param name="Result">The result that the message carries; null when it carries questions for the user.</param>
internal readonly record struct ToolCallOutcome(byte[] Reply, string Code, CallToolResult? Result)
{
    /// <summary>The call asks for its user's input and will be made again.</summary>
    public static ToolCallOutcome InputRequired(byte[] reply) => new(reply, ToolOutcome.InputRequired, Result: null);

    /// <summary>Whether the tool returned a result that is no error.</summary>
    public bool Succeeded => Result is { IsError: not true };
}
