using System.Text;
using System.Text.Json;
using OrleansMcp.Tools;

namespace OrleansMcp.Authorization.Policies.Arguments;

/// <summary>What a path found.</summary>
internal enum Found
{
    /// <summary>A value.</summary>
    Value,

    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>Nothing under the key itself, but something under a key that differs from it by case only, which a tool may take for it.</summary>
    OtherSpelling,
}

/// <summary>The arguments of a call as its tool will get them.</summary>
/// <param name="Element">The JSON object, or nothing when the call has none.</param>
/// <param name="Handle">The argument that names a session, which is taken out before the tool sees the rest; null when there is none.</param>
/// <param name="Trail">Where the session of the call has been; null when nowhere.</param>
internal readonly record struct CallArguments(JsonElement Element, string? Handle = null, ISessionTrail? Trail = null);

/// <summary>A place in the arguments: keys from the outermost in, separated by dots.</summary>
internal sealed class ArgumentPath : ValuePath
{
    public const string Prefix = "args.";

    private readonly string[] _keys;
    private readonly byte[][] _utf8;

    private ArgumentPath(string text, string[] keys) : base(text) => (_keys, _utf8) = (keys, [.. keys.Select(Encoding.UTF8.GetBytes)]);

    /// <summary>Reads <c>args.a.b</c>; null when it is no path.</summary>
    public static ArgumentPath? Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var keys = text[Prefix.Length..].Split('.');
        return keys.Contains("", StringComparer.Ordinal) ? null : new ArgumentPath(text, keys);
    }

    public override Found Find(CallArguments arguments, out JsonElement value)
    {
        value = default;
        if (arguments.Handle == _keys[0])
        {
            return Found.Nothing;
        }

        var at = arguments.Element;
        for (var i = 0; i < _keys.Length; i++)
        {
            if (at.ValueKind != JsonValueKind.Object)
            {
                return Found.Nothing;
            }

            if (!at.TryGetProperty(_utf8[i], out var next))
            {
                return HasOtherSpelling(at, _keys[i]) ? Found.OtherSpelling : Found.Nothing;
            }

            at = next;
        }

        value = at;
        return Found.Value;
    }

    private static bool HasOtherSpelling(JsonElement element, string key)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (property.Name.Equals(key, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
