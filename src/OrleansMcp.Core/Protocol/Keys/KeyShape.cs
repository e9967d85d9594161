using System.Text.Json;

namespace OrleansMcp.Protocol.Keys;

/// <summary>
/// Where in a value the protocol gives the keys. There a key must be spelt as the protocol spells it: a reader that matches keys without
/// regard to case takes <c>URI</c> for <c>uri</c>, and one that does not takes it for nothing, so that the two disagree about what was asked.
/// </summary>
internal abstract class KeyShape
{
    /// <summary>What is wrong with the keys of <paramref name="value"/>, at any depth; null when nothing. A value of another kind passes.</summary>
    public abstract string? ProblemIn(JsonElement value);
}

/// <summary>A value whose keys are its sender's: none may be the twin of another (<see cref="KeyTwins"/>).</summary>
internal sealed class ForeignKeys : KeyShape
{
    public static ForeignKeys Instance { get; } = new();

    public override string? ProblemIn(JsonElement value) => KeyTwins.ProblemIn(value);
}

/// <summary>An array of values of one shape.</summary>
internal sealed class ElementKeys(KeyShape element) : KeyShape
{
    public override string? ProblemIn(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        foreach (var item in value.EnumerateArray())
        {
            if (element.ProblemIn(item) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }
}

/// <summary>An object whose keys are its sender's, and whose values have one shape.</summary>
internal sealed class MapKeys(KeyShape entry) : KeyShape
{
    public override string? ProblemIn(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var property in value.EnumerateObject())
        {
            if (entry.ProblemIn(property.Value) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }
}
