using System.Text.Json.Nodes;

namespace OrleansMcp.Quotas;

/// <summary>What a client is told of a refusal: the same in a tool result and in an error.</summary>
public static class QuotaJson
{
    /// <summary>The code, which quota it is, whose, and when to try again.</summary>
    public static JsonObject Of(QuotaRefusal refusal)
    {
        var details = new JsonObject
        {
            ["code"] = QuotaRefusal.Code, ["message"] = refusal.Message, ["quota"] = QuotaNames.Of(refusal.Quota), ["scope"] = QuotaNames.Of(refusal.Scope),
        };
        if (refusal.RetryAfterSeconds > 0)
        {
            details["retryAfterSeconds"] = refusal.RetryAfterSeconds;
        }

        return details;
    }

    /// <summary>429, or 503 when it is not the client that used too much.</summary>
    public static int StatusOf(QuotaRefusal refusal) => refusal.Scope == QuotaScope.Process ? 503 : 429;
}
