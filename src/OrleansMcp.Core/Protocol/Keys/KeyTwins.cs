using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace OrleansMcp.Protocol.Keys;

/// <summary>
/// Keys that two readers could take for one another: that differ only by case, or only by the way a character is composed. What a policy
/// judges under one of them, a tool whose reader matches keys loosely could take from the other. No object in the arguments of a call may
/// hold such a pair, whether a policy judges the call or not: no tool needs one, and a policy may be in force tomorrow.
/// </summary>
/// <remarks>The parser has refused keys that are the same (<see cref="McpMessageParser"/>).</remarks>
internal static class KeyTwins
{
    private const int Few = 8;
    private const int LongestShown = 40;

    /// <summary>What is wrong with the keys at any depth of <paramref name="value"/>, or null.</summary>
    public static string? ProblemIn(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => ProblemInObject(value),
        JsonValueKind.Array => ProblemInArray(value),
        _ => null,
    };

    private static string? ProblemInArray(JsonElement array)
    {
        foreach (var item in array.EnumerateArray())
        {
            if (ProblemIn(item) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? ProblemInObject(JsonElement element)
    {
        var count = 0;
        var plain = true;
        foreach (var property in element.EnumerateObject())
        {
            count++;
            plain &= IsPlain(JsonMarshal.GetRawUtf8PropertyName(property));
            if (property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array && ProblemIn(property.Value) is { } problem)
            {
                return problem;
            }
        }

        return count == 1 && plain ? null
            : plain && count <= Few ? TwinAmongFew(element)
            : TwinAmongMany(element);
    }

    /// <summary>ASCII without escapes: its bytes are its characters.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> name) => Ascii.IsValid(name) && !name.Contains((byte)'\\');

    private static string? TwinAmongFew(JsonElement element)
    {
        var position = 0;
        foreach (var property in element.EnumerateObject())
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(property);
            var before = position++;
            foreach (var other in element.EnumerateObject())
            {
                if (before-- == 0)
                {
                    break;
                }

                if (Ascii.EqualsIgnoreCase(name, JsonMarshal.GetRawUtf8PropertyName(other)))
                {
                    return Alike(other.Name, property.Name);
                }
            }
        }

        return null;
    }

    private static string? TwinAmongMany(JsonElement element)
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        string? foreign = null, uncertain = null;
        foreach (var property in element.EnumerateObject())
        {
            var name = property.Name;
            var read = WithDots(name);
            if (!names.Add(read))
            {
                return Alike(names.First(other => other.Equals(read, StringComparison.OrdinalIgnoreCase)), name);
            }

            if (Ascii.IsValid(name))
            {
                continue;
            }

            if (Composition.IsAsciiInDisguise(name))
            {
                return $"The key '{Shown(name)}' holds a character that some readers take for an ASCII one; write that one.";
            }

            uncertain ??= Composition.IsCertain(name) ? null : name;
            if (foreign is not null && uncertain is not null)
            {
                return Alike(foreign, name);
            }

            foreign = name;
        }

        return null;
    }

    /// <summary>With an i for those of Turkish, which some readers take for it in one case or the other. Words hold them, so that alone they pass.</summary>
    private static string WithDots(string name) => name.Replace('\u0131', 'i').Replace('\u0130', 'I');

    private static string Alike(string one, string other) =>
        $"The keys '{Shown(one)}' and '{Shown(other)}' of one object could be taken for one another; give one of them.";

    /// <summary>A key as an error shows it: cut to 40 characters.</summary>
    public static string Shown(string name) => name.Length <= LongestShown ? name : string.Concat(name.AsSpan(0, LongestShown), "...");
}
