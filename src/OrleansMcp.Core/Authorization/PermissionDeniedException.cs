using System.Text.Json.Nodes;
using ModelContextProtocol;

namespace OrleansMcp.Authorization;

/// <summary>A request that its session is not permitted. Says nothing about whether there is what it asked for.</summary>
internal sealed class PermissionDeniedException(PermissionKind kind, string name) : McpException(MessageOf(kind, name))
{
    /// <summary>The stable code of every refusal for want of a permission.</summary>
    public const string Code = "permission_denied";

    private const int MaxShown = 120;

    public JsonObject Details => new() { ["code"] = Code, ["permission"] = Shown(kind, name) };

    public static string MessageOf(PermissionKind kind, string name) => $"This session has no permission '{Shown(kind, name)}'.";

    /// <summary>The permission that was missing. The name is the client's: cut, and without what a log or a terminal could take for its own.</summary>
    public static string Shown(PermissionKind kind, string name)
    {
        var cut = name.Length <= MaxShown ? name : string.Concat(name.AsSpan(0, MaxShown - 3), "...");
        return Permission.Needed(kind, cut.AsSpan().ContainsAnyExceptInRange(' ', '~') ? string.Concat(cut.Select(Plain)) : cut);
    }

    private static char Plain(char character) => character is >= ' ' and <= '~' ? character : '?';
}
