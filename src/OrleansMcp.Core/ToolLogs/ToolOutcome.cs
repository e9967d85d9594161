using System.Collections.Frozen;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Quotas;
using OrleansMcp.Quotas.Egress;
using OrleansMcp.Records;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Signals;
using OrleansMcp.Upstreams;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.ToolLogs;

/// <summary>The outcomes in a tool log. An error that a tool words itself is logged as <see cref="Error"/>, without its text.</summary>
public static class ToolOutcome
{
    /// <summary>The tool returned a result.</summary>
    public const string Ok = "ok";

    /// <summary>The tool returned an error.</summary>
    public const string Error = "error";

    /// <summary>The call was cancelled, by its client or by the end of its session.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The request could not be executed: unknown tool, malformed params, or arguments that the tool cannot take.</summary>
    public const string Invalid = "invalid";

    /// <summary>The call asked for the user's input; the client repeats it with the answer.</summary>
    public const string InputRequired = "input_required";

    private static readonly FrozenSet<string> s_codes = FrozenSet.Create(
        StringComparer.Ordinal, PermissionDeniedException.Code, PolicyDenial.Code, QuotaRefusal.Code, QuotaRefusal.UnavailableCode,
        EgressDeniedException.Code, SecretUnavailableException.Code, "session_not_found", RecordException.Conflict, RecordException.NotFound,
        RecordException.SnapshotExpired, RecordException.Unavailable, RecordException.InvalidArgument, ThrottledException.Code,
        "upstream_unavailable", "upstream_lost", "upstream_invalid", "upstream_too_much", "upstream_unauthorized", "upstream_busy",
        ToolWithholding.ChangedCode, ToolWithholding.UnapprovedCode);

    /// <summary>Whether an error is the client's: a mistake, or more than it may have.</summary>
    internal static bool IsOfClient(string outcome) => outcome is Invalid or PermissionDeniedException.Code or PolicyDenial.Code or QuotaRefusal.Code;

    internal static string Of(CallToolResult result)
    {
        if (result.IsError != true)
        {
            return Ok;
        }

        var code = result.StructuredContent is { ValueKind: JsonValueKind.Object } details && details.TryGetProperty("code"u8, out var value)
            && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        return s_codes.TryGetValue(code, out var known) ? known : Error;
    }

    internal static string Of(RunningCall call, ToolCallOutcome outcome) => call.IsRevoked ? PermissionDeniedException.Code : outcome.Code;

    internal static string Of(RunningCall call, Exception exception) => exception switch
    {
        _ when call.IsRevoked => PermissionDeniedException.Code,
        OperationCanceledException => Cancelled,
        McpProtocolException => Invalid,
        UpstreamErrorException => Error,
        ThrottledException => ThrottledException.Code,
        _ => Error,
    };
}
