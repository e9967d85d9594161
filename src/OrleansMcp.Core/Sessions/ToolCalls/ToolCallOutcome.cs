using ModelContextProtocol.Protocol;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>How a tool call was answered.</summary>
/// <param name="Reply">The JSON-RPC message for the client.</param>
/// <param name="Code">One of <see cref="ToolOutcome"/>, or the code of a refusal, for the tool log.</param>
/// <param name="Result">The result in the message; null when the message asks the user for input.</param>
internal readonly record struct ToolCallOutcome(byte[] Reply, string Code, CallToolResult? Result)
{
    /// <summary>The call asks for its user's input; a retry will follow.</summary>
    public static ToolCallOutcome InputRequired(byte[] reply) => new(reply, ToolOutcome.InputRequired, Result: null);

    /// <summary>Whether the tool returned a result that is no error.</summary>
    public bool Succeeded => Result is { IsError: not true };
}
