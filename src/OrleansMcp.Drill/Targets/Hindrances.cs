using System.Globalization;
using System.Text.Json.Nodes;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Targets;

/// <summary>Tells refusals that have nothing to do with other clients from those that the drill provokes.</summary>
internal static class Hindrances
{
    private const string Quota = "quota_exceeded";
    private const string Throttled = "held_back";
    private const string Permission = "permission_denied";

    // What a client is told about state that others change, sessions that are over, and what is not its own.
    private static readonly string[] s_provoked = ["conflict", "not_found", "snapshot_expired", "secret_unavailable"];

    /// <summary>Of an answer with a code; <paramref name="details"/> are what the server says beside it.</summary>
    public static Hindrance? OfCode(string code, JsonObject? details) => code switch
    {
        Quota => new(HindranceKind.Quota, Named(details, "quota") ?? "of a namespace (records.maxRecords, records.maxBytes)"),
        Throttled => new(HindranceKind.Throttle, code),
        Permission => Named(details, "permission") is { } permission ? new(HindranceKind.Permission, General(permission)) : null,
        "policy_denied" => new(HindranceKind.Permission, "of a policy"),
        "invalid_argument" => new(HindranceKind.Request, code),
        _ when s_provoked.Contains(code, StringComparer.Ordinal) => null,
        _ => new(code.StartsWith("-32", StringComparison.Ordinal) && code != "-32603" ? HindranceKind.Request : HindranceKind.Failure, code),
    };

    /// <summary>Of an HTTP status that is no success; a body may say more.</summary>
    public static Hindrance? OfStatus(int status, JsonObject? error)
    {
        if (error?["data"] is JsonObject data && Named(data, "code") is Quota or Throttled && OfCode(Named(data, "code")!, data) is { } told)
        {
            return told;
        }

        var name = status.ToString(CultureInfo.InvariantCulture);
        return status switch
        {
            0 => new(HindranceKind.Silence, name),
            404 => null,
            429 => new(HindranceKind.Quota, name),
            401 or 403 => new(HindranceKind.Credential, name),
            >= 500 => new(HindranceKind.Failure, name),
            _ => new(HindranceKind.Request, name),
        };
    }

    /// <summary>Names no namespace of the run: a permission for the drill is one for any.</summary>
    private static string General(string permission) =>
        permission.Split(':') is ["records", _, var access] ? $"records:*:{access}" : permission;

    private static string? Named(JsonObject? details, string name) =>
        details?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
