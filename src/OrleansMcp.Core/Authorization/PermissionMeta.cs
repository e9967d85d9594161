using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansMcp.Protocol;

namespace OrleansMcp.Authorization;

/// <summary>
/// The key of <c>_meta</c> by which a client asks for less than it may have (in <c>initialize</c>, and in a call of <c>session_open</c>), and
/// by which it is told what it got.
/// </summary>
public static class PermissionMeta
{
    /// <summary>An array of permissions.</summary>
    public const string Key = OwnMetaKeys.Permissions;

    private const int MaxAsked = 256;

    /// <summary>What a request asks for: null when it asks for nothing in particular. False when it asks in no valid form.</summary>
    internal static bool TryRead(McpMessage message, out PermissionSet? asked, out string problem)
    {
        (asked, problem) = (null, "");
        if (message.Params.ValueKind != JsonValueKind.Object || !message.Params.TryGetProperty("_meta"u8, out var meta)
            || meta.ValueKind != JsonValueKind.Object || !meta.TryGetProperty(Key, out var list))
        {
            return true;
        }

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MaxAsked)
        {
            problem = $"_meta/{Key} must be an array of up to {MaxAsked} permissions.";
            return false;
        }

        List<Permission> permissions = [];
        foreach (var item in list.EnumerateArray())
        {
            string? reason = "must be a string.";
            if (item.ValueKind != JsonValueKind.String || !Permission.TryParse(item.GetString()!, out var permission, out reason))
            {
                problem = $"_meta/{Key}[{permissions.Count}] {reason}";
                return false;
            }

            permissions.Add(permission);
        }

        asked = PermissionSet.Of(permissions);
        return true;
    }

    internal static JsonArray Write(IEnumerable<string> entries) => [.. entries.Select(entry => (JsonNode)entry)];
}
