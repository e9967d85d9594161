using System.Globalization;
using System.Text.Json;
using OrleansMcp.Re2;

namespace OrleansMcp.Records.Schemas;

/// <summary>Keywords about objects. A member that is there twice is judged twice.</summary>
internal sealed partial class SchemaReader
{
    private const string Properties = "properties";
    private const string PatternProperties = "patternProperties";

    private bool TryReadObject(SchemaNode node, JsonElement schema, JsonProperty keyword, string at, string place)
    {
        var json = keyword.Value;
        SchemaRule? rule = keyword.Name switch
        {
            "minProperties" => MembersRule(Count(json, at), static (count, bound) => count >= bound, "it has fewer members than"),
            "maxProperties" => MembersRule(Count(json, at), static (count, bound) => count <= bound, "it has more members than"),
            "required" => RequiredRule(Names(json, at)),
            "dependentRequired" => DependentRule(Members(json, at).ToDictionary(
                static member => member.Name, member => RequiredRule(Names(member.Value, Below(at, member.Name))), StringComparer.Ordinal)),
            Properties => PropertiesRule(Named(json, at)),
            PatternProperties => PatternsRule(Patterned(json, at)),
            "additionalProperties" => AdditionalRule(NodeAt(json, at), schema, place),
            "propertyNames" => NamesRule(NodeAt(json, at)),
            "dependentSchemas" => DependentRule(Members(json, at).ToDictionary(
                static member => member.Name, member => Beside(node, member.Value, Below(at, member.Name)), StringComparer.Ordinal)),
            _ => null,
        };
        return TryAdd(node, rule);
    }

    private Dictionary<string, SchemaNode> Named(JsonElement json, string at) =>
        Members(json, at).DistinctBy(static member => member.Name).ToDictionary(static member => member.Name, member => NodeAt(member.Value, Below(at, member.Name)), StringComparer.Ordinal);

    private List<(RegularExpression Pattern, SchemaNode Node)> Patterned(JsonElement json, string at) =>
        [.. Members(json, at).Select(member => (Pattern(member.Name, at), NodeAt(member.Value, Below(at, member.Name))))];

    private SchemaRule Beside(SchemaNode node, JsonElement json, string at)
    {
        var other = NodeAt(json, at);
        node.Beside.Add(other);
        return other.Check;
    }

    private static SchemaRule MembersRule(int bound, Func<int, int, bool> holds, string problem)
    {
        var told = string.Create(CultureInfo.InvariantCulture, $"{problem} {bound}");
        return (value, run) => value.ValueKind != JsonValueKind.Object || holds(value.EnumerateObject().Count(), bound) || run.Fail(told);
    }

    private static SchemaRule RequiredRule(HashSet<string> names) => (value, run) =>
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        run.Spend(names.Count);
        return names.FirstOrDefault(name => !value.TryGetProperty(name, out _)) is not { } missing || run.Fail($"the member '{missing}' is missing");
    };

    private static SchemaRule DependentRule(Dictionary<string, SchemaRule> rules) => (value, run) =>
    {
        run.Spend(rules.Count);
        return value.ValueKind != JsonValueKind.Object || rules.All(rule => !value.TryGetProperty(rule.Key, out _) || rule.Value(value, run));
    };

    private static SchemaRule PropertiesRule(Dictionary<string, SchemaNode> nodes) => (value, run) =>
        EachMember(value, run, member => !nodes.TryGetValue(member.Name, out var node) || run.Within(member.Name, node, member.Value));

    private static SchemaRule PatternsRule(List<(RegularExpression Pattern, SchemaNode Node)> nodes) => (value, run) => EachMember(value, run, member =>
    {
        var holds = true;
        foreach (var (pattern, node) in nodes)
        {
            holds &= !Matches(pattern, member.Name, run) || run.Within(member.Name, node, member.Value);
        }

        return holds;
    });

    private SchemaRule AdditionalRule(SchemaNode node, JsonElement schema, string place)
    {
        var named = schema.TryGetProperty(Properties, out var properties)
            ? Members(properties, Below(place, Properties)).Select(static member => member.Name).ToHashSet(StringComparer.Ordinal)
            : [];
        var patterns = schema.TryGetProperty(PatternProperties, out var patterned)
            ? Members(patterned, Below(place, PatternProperties)).Select(member => Pattern(member.Name, Below(place, PatternProperties))).ToList()
            : [];
        return (value, run) => EachMember(value, run, member =>
            named.Contains(member.Name) || patterns.Exists(pattern => Matches(pattern, member.Name, run)) || run.Within(member.Name, node, member.Value));
    }

    private static SchemaRule NamesRule(SchemaNode node) => (value, run) => EachMember(value, run, member =>
    {
        run.SpendOn(member.Name.Length);
        return node.Fits(JsonSerializer.SerializeToElement(member.Name, SchemaJson.Default.String), run) || run.Fail($"the name '{member.Name}' is not allowed for a member");
    });

    private static bool EachMember(JsonElement value, SchemaRun run, Func<JsonProperty, bool> check)
    {
        var holds = true;
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                run.Spend(1);
                holds &= check(member);
                if (!holds && run.IsQuiet)
                {
                    break;
                }
            }
        }

        return holds;
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class SchemaJson : System.Text.Json.Serialization.JsonSerializerContext;
