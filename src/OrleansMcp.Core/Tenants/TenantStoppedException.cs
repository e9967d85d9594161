using System.Text.Json.Nodes;
using OrleansMcp.Sessions;

namespace OrleansMcp.Tenants;

/// <summary>
/// Stored data of the caller's tenant is damaged, and this process opens, activates and grants nothing of the tenant any more. That lasts
/// until the process is restarted on a restored store: a retry before that cannot succeed.
/// </summary>
public sealed class TenantStoppedException() : Exception(Text)
{
    /// <summary>The refusal's stable code.</summary>
    public const string Code = "tenant_stopped";

    private const string Text =
        "Something that is stored of this tenant is damaged, so nothing of the tenant is served. "
        + "Whoever runs the server must stop it and bring a back-up into its place (restore FILE).";

    /// <summary>The refusal of a new session.</summary>
    public static SessionRefusal Refusal { get; } = new(Code, Text, RetryAfterSeconds: 0);

    /// <summary>The refusal as data of an error.</summary>
    public static JsonObject ToJson() => new() { ["code"] = Code, ["retryable"] = false };
}
