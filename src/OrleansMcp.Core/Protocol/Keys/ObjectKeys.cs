using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace OrleansMcp.Protocol.Keys;

/// <summary>
/// An object whose keys the protocol gives. Keys that it does not know pass, as a later revision may have them; another spelling of one that it
/// knows does not.
/// </summary>
/// <param name="reserved">Begins keys that must be known, in whatever case; null: there are none.</param>
internal sealed class ObjectKeys(string? reserved = null) : KeyShape
{
    private Known[] _known = [];

    /// <summary>Adds a key, or gives a known one another shape. Not while the shape is in use.</summary>
    /// <param name="name">The key.</param>
    /// <param name="value">The shape of its value; null when no key in it matters.</param>
    public ObjectKeys With(string name, KeyShape? value = null)
    {
        _known = [.. _known.Where(known => known.Name != name), new(name, Encoding.UTF8.GetBytes(name), value)];
        return this;
    }

    public override string? ProblemIn(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var property in value.EnumerateObject())
        {
            var problem = TryFind(property, out var known) ? known.Value?.ProblemIn(property.Value) : ProblemIn(property.Name);
            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }

    private bool TryFind(JsonProperty property, out Known found)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(property);
        var isEscaped = raw.Contains((byte)'\\');
        foreach (var known in _known)
        {
            if (isEscaped ? property.NameEquals(known.Utf8) : raw.SequenceEqual(known.Utf8))
            {
                found = known;
                return true;
            }
        }

        found = default;
        return false;
    }

    /// <summary>What is wrong with a key that is not known.</summary>
    private string? ProblemIn(string key)
    {
        foreach (var (name, _, _) in _known)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return $"The key '{key}' must be spelt '{name}'.";
            }
        }

        return reserved is not null && key.StartsWith(reserved, StringComparison.OrdinalIgnoreCase)
            ? $"There is no key '{KeyTwins.Shown(key)}' here. Those of this server are {string.Join(", ", _known.Select(known => known.Name).Where(name => name.StartsWith(reserved, StringComparison.Ordinal)))}."
            : null;
    }

    private readonly record struct Known(string Name, byte[] Utf8, KeyShape? Value);
}
