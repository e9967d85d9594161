using System.Text.Json;

namespace OrleansMcp.Records.Schemas;

/// <summary>Whether a value satisfies one keyword. What does not fit is told to the run.</summary>
internal delegate bool SchemaRule(JsonElement value, SchemaRun run);

/// <summary>A schema within a schema: all of its rules hold.</summary>
internal sealed class SchemaNode
{
    private readonly List<SchemaRule> _rules = [];

    /// <summary>The schemas that judge the same value as this one, and not a part of it: a cycle of these would never end.</summary>
    public List<SchemaNode> Beside { get; } = [];

    public void Add(SchemaRule rule) => _rules.Add(rule);

    public bool Check(JsonElement value, SchemaRun run)
    {
        run.Enter();
        var holds = true;
        foreach (var rule in _rules)
        {
            holds &= rule(value, run);
            if (!holds && run.IsQuiet)
            {
                break;
            }
        }

        run.Leave();
        return holds;
    }

    /// <summary>Whether <paramref name="value"/> fits, telling nothing of what does not.</summary>
    public bool Fits(JsonElement value, SchemaRun run)
    {
        run.Silence();
        var fits = Check(value, run);
        run.Speak();
        return fits;
    }
}
