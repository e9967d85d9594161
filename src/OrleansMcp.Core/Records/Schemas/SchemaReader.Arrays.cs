using System.Globalization;
using System.Text.Json;

namespace OrleansMcp.Records.Schemas;

/// <summary>Keywords about arrays.</summary>
internal sealed partial class SchemaReader
{
    private bool TryReadArray(SchemaNode node, JsonElement schema, JsonProperty keyword, string at, string place)
    {
        var json = keyword.Value;
        SchemaRule? rule = keyword.Name switch
        {
            "minItems" => CountRule(Count(json, at), static (count, bound) => count >= bound, "it has fewer items than"),
            "maxItems" => CountRule(Count(json, at), static (count, bound) => count <= bound, "it has more items than"),
            "uniqueItems" => UniqueRule(json, at),
            "prefixItems" => PrefixRule([.. Items(json, at).Select((item, index) => NodeAt(item, Below(at, index.ToString(CultureInfo.InvariantCulture))))]),
            "items" => ItemsRule(NodeAt(json, at), schema.TryGetProperty("prefixItems", out var prefix) ? Items(prefix, Below(place, "prefixItems")).Count() : 0),
            "contains" => ContainsRule(NodeAt(json, at), Bound(schema, "minContains", place) ?? 1, Bound(schema, "maxContains", place) ?? int.MaxValue),
            _ => null,
        };
        return TryAdd(node, rule);
    }

    private static int? Bound(JsonElement schema, string name, string place) => schema.TryGetProperty(name, out var bound) ? Count(bound, Below(place, name)) : null;

    private static SchemaRule CountRule(int bound, Func<int, int, bool> holds, string problem)
    {
        var told = string.Create(CultureInfo.InvariantCulture, $"{problem} {bound}");
        return (value, run) => value.ValueKind != JsonValueKind.Array || holds(value.GetArrayLength(), bound) || run.Fail(told);
    }

    private static SchemaRule UniqueRule(JsonElement json, string at)
    {
        if (json.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            throw new RecordSchemaException(at, "true or false belongs here");
        }

        var isWanted = json.ValueKind == JsonValueKind.True;
        return (value, run) => !isWanted || value.ValueKind != JsonValueKind.Array || AreUnique(value, run) || run.Fail("an item is there twice");
    }

    /// <summary>Compares each with each, and pays for it: large arrays are refused rather than waited for.</summary>
    private static bool AreUnique(JsonElement array, SchemaRun run)
    {
        var items = array.EnumerateArray().ToArray();
        for (var one = 1; one < items.Length; one++)
        {
            for (var other = 0; other < one; other++)
            {
                if (items[one].ValueKind == items[other].ValueKind && IsSame(items[other], items[one], run))
                {
                    return false;
                }
            }

            run.Spend(1 + (one / 8));
        }

        return true;
    }

    private static SchemaRule PrefixRule(SchemaNode[] nodes) => (value, run) =>
    {
        var holds = true;
        if (value.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in value.EnumerateArray().Take(nodes.Length))
            {
                holds &= run.Within(index, nodes[index], item);
                index++;
            }
        }

        return holds;
    };

    private static SchemaRule ItemsRule(SchemaNode node, int behind) => (value, run) =>
    {
        var (holds, index) = (true, 0);
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                holds &= index < behind || run.Within(index, node, item);
                index++;
                if (!holds && run.IsQuiet)
                {
                    break;
                }
            }
        }

        return holds;
    };

    private static SchemaRule ContainsRule(SchemaNode node, int least, int most) => (value, run) =>
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        var count = 0;
        foreach (var item in value.EnumerateArray())
        {
            count += node.Fits(item, run) ? 1 : 0;
        }

        return (count >= least && count <= most) || run.Fail("too few or too many of its items are of the kind that it must contain");
    };
}
