using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Quotas;
using OrleansMcp.Quotas.Egress;
using OrleansMcp.Secrets;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>The results of tool calls that do not come from the tool.</summary>
internal static class ToolResults
{
    public static CallToolResult Failed(string text) => new() { Content = [new TextContentBlock { Text = text }], IsError = true };

    /// <summary>A refusal with a stable code, for a program to act on, and a sentence for a person.</summary>
    public static CallToolResult Denied(string code, string message, int retryAfterSeconds = 0)
    {
        var details = new JsonObject { ["code"] = code, ["message"] = message };
        if (retryAfterSeconds > 0)
        {
            details["retryAfterSeconds"] = retryAfterSeconds;
        }

        return Denied(details);
    }

    /// <summary>A handle that is unknown, ended or another caller's.</summary>
    public static CallToolResult NoSuchSession() => Denied("session_not_found", "There is no such session, or it has ended.");

    /// <summary>A rule of a policy denies the call.</summary>
    public static CallToolResult Denied(PolicyDenial denial)
    {
        var details = new JsonObject { ["code"] = PolicyDenial.Code, ["rule"] = denial.Rule, ["message"] = denial.Message };
        if (denial.RetryAfterSeconds > 0)
        {
            details["retryAfterSeconds"] = denial.RetryAfterSeconds;
        }

        return Denied(details, $"{PolicyDenial.Code} (rule '{denial.Rule}'): {denial.Message}");
    }

    /// <summary>The tool needs a secret that the session does not hold.</summary>
    public static CallToolResult Lacks(SecretUnavailableException missing)
    {
        var details = new JsonObject { ["code"] = SecretUnavailableException.Code, ["message"] = missing.Message, ["secret"] = missing.Name };
        if (missing.Server is { } server)
        {
            details["server"] = server;
        }

        return Denied(details);
    }

    /// <summary>Another server could not be used.</summary>
    public static CallToolResult Denied(UpstreamException failure)
    {
        var details = failure.Details();
        details["message"] = failure.Message;
        return Denied(details);
    }

    /// <summary>The call is over a quota: which, whose, and when to try again.</summary>
    public static CallToolResult OverQuota(QuotaRefusal refusal) => Denied(QuotaJson.Of(refusal));

    /// <summary>The ledgers cannot be read or written, so no call is admitted.</summary>
    public static CallToolResult QuotaUnavailable(QuotaUnavailableException unavailable) =>
        Denied(QuotaRefusal.UnavailableCode, unavailable.Message, retryAfterSeconds: 1);

    /// <summary>The refusal for an exception of the quotas or egress rules that the tool did not handle; null for other exceptions.</summary>
    public static CallToolResult? OverQuota(Exception exception) => exception switch
    {
        QuotaExceededException over => OverQuota(over.Refusal),
        QuotaUnavailableException unavailable => QuotaUnavailable(unavailable),
        EgressDeniedException denied => Denied(EgressDeniedException.Code, denied.Message),
        { InnerException: { } inner } => OverQuota(inner),
        _ => null,
    };

    /// <summary>The session has no permission for a tool of this name, whether or not there is one.</summary>
    public static CallToolResult NotPermitted(string name) => NotPermitted(new PermissionDeniedException(PermissionKind.Tool, name));

    /// <summary>The session has no permission for something that the tool used.</summary>
    public static CallToolResult NotPermitted(PermissionDeniedException denied)
    {
        var details = denied.Details;
        details["message"] = denied.Message;
        return Denied(details);
    }

    public static CallToolResult Denied(JsonObject details, string? text = null)
    {
        var result = Failed(text ?? $"{details["code"]}: {details["message"]}");
        result.StructuredContent = JsonSerializer.SerializeToElement(details);
        return result;
    }

    public static CallToolResult Structured(JsonObject value) => new()
    {
        Content = [new TextContentBlock { Text = value.ToJsonString() }],
        StructuredContent = JsonSerializer.SerializeToElement(value),
    };
}
