using System.Diagnostics.CodeAnalysis;

namespace OrleansMcp.Authorization;

/// <summary>
/// One permission of the grammar <c>kind:pattern</c>, with <c>:read</c> or <c>:write</c> behind it for records. A pattern is a name, or ends
/// in <c>*</c>, or is <c>*</c>. One permission has one spelling: case counts, and there are no spaces and no second forms of a URI.
/// </summary>
internal readonly record struct Permission(PermissionKind Kind, PermissionPattern Pattern)
{
    private const int MaxLength = 512;

    private const string Read = ":read";
    private const string Write = ":write";
    private const string Records = "records:";

    private static readonly (string Begin, PermissionKind Kind)[] s_kinds =
    [
        ("tool:", PermissionKind.Tool), ("resource:", PermissionKind.Resource), ("prompt:", PermissionKind.Prompt),
        ("toollog:", PermissionKind.ToolLog),
    ];

    /// <summary>Whether a text means to be a permission, well formed or not.</summary>
    public static bool IsMeant(string text) =>
        text.StartsWith(Records, StringComparison.Ordinal) || s_kinds.Any(kind => text.StartsWith(kind.Begin, StringComparison.Ordinal));

    /// <summary>Whether a text is made of visible ASCII characters alone.</summary>
    public static bool IsVisible(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>Reads a permission, or says what is wrong with it.</summary>
    public static bool TryParse(string text, out Permission permission, [NotNullWhen(false)] out string? problem)
    {
        permission = default;
        if (text.Length > MaxLength || !IsVisible(text))
        {
            problem = $"must be at most {MaxLength} visible ASCII characters, without spaces.";
            return false;
        }

        if (!TrySplit(text, out var kind, out var pattern, out problem))
        {
            return false;
        }

        var star = pattern.IndexOf('*');
        if (pattern.Length == 0 || (star >= 0 && star != pattern.Length - 1))
        {
            problem = "needs a name, a beginning with '*' behind it, or '*' alone.";
            return false;
        }

        var isPrefix = star >= 0;
        var name = isPrefix ? pattern[..^1] : pattern;
        if (kind == PermissionKind.Resource && !ResourceUri.IsCanonical(name, isPrefix))
        {
            problem = "must be a canonical URI: no dot segments, percent-encoding only where it is needed and in upper case.";
            return false;
        }

        permission = new Permission(kind, new PermissionPattern(name, isPrefix));
        return true;
    }

    public override string ToString() => Kind switch
    {
        PermissionKind.RecordsRead => $"{Records}{Pattern}{Read}",
        PermissionKind.RecordsWrite => $"{Records}{Pattern}{Write}",
        _ => BeginOf(Kind) + Pattern,
    };

    /// <summary>The permission that a use of <paramref name="name"/> needs, as the grammar writes it.</summary>
    public static string Needed(PermissionKind kind, string name) => new Permission(kind, new PermissionPattern(name, IsPrefix: false)).ToString();

    private static string BeginOf(PermissionKind kind) => s_kinds.First(one => one.Kind == kind).Begin;

    /// <summary>What kind of permission a text means to be, and of which name; false when it means none.</summary>
    public static bool TrySplit(string text, out PermissionKind kind, out string pattern, [NotNullWhen(false)] out string? problem)
    {
        (kind, pattern, problem) = (default, "", null);
        if (text.StartsWith(Records, StringComparison.Ordinal))
        {
            var end = text.EndsWith(Read, StringComparison.Ordinal) ? Read : text.EndsWith(Write, StringComparison.Ordinal) ? Write : null;
            if (end is null || text.Length < Records.Length + end.Length)
            {
                problem = "must be records:NAMESPACE:read or records:NAMESPACE:write.";
                return false;
            }

            kind = end == Read ? PermissionKind.RecordsRead : PermissionKind.RecordsWrite;
            pattern = text[Records.Length..^end.Length];
            return true;
        }

        foreach (var one in s_kinds)
        {
            if (text.StartsWith(one.Begin, StringComparison.Ordinal))
            {
                (kind, pattern) = (one.Kind, text[one.Begin.Length..]);
                return true;
            }
        }

        problem = "must be tool:NAME, resource:URI, prompt:NAME, records:NAMESPACE:read, records:NAMESPACE:write or toollog:TOOL.";
        return false;
    }
}
