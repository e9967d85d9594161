using ModelContextProtocol.Protocol;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>How a tool call was answered.</summary>
/// <param name="Reply">The JSON-RPC message for the client.</param>
/// <param name="Code">One of <see cref="ToolOutcome"/>, or the code of a refusal, for the tool log.</param>
/// <param name="Answer">What kind of answer it is.</param>
/// <param name="Result">The result in the message; null when there is none, or it was passed on from another server.</param>
internal readonly record struct ToolCallOutcome(byte[] Reply, string Code, ToolAnswer Answer, CallToolResult? Result = null)
{
    /// <summary>The call asks for its user's input; a retry will follow.</summary>
    public static ToolCallOutcome InputRequired(byte[] reply) => new(reply, ToolOutcome.InputRequired, ToolAnswer.InputRequired);

    /// <summary>The tool, or a stage that refused the call, gave this result.</summary>
    public static ToolCallOutcome Of(byte[] reply, string code, CallToolResult result) =>
        new(reply, code, result.IsError == true ? ToolAnswer.Error : ToolAnswer.Result, result);

    /// <summary>Whether the tool returned a result that is no error.</summary>
    public bool Succeeded => Answer == ToolAnswer.Result;
}

/// <summary>Kinds of answers to a tool call.</summary>
internal enum ToolAnswer
{
    /// <summary>A result.</summary>
    Result,

    /// <summary>A result that reports an error.</summary>
    Error,

    /// <summary>A question to the user.</summary>
    InputRequired,
}
