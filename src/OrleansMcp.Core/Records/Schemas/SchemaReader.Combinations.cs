using System.Globalization;
using System.Text.Json;

namespace OrleansMcp.Records.Schemas;

/// <summary>Keywords that combine schemas about the same value.</summary>
internal sealed partial class SchemaReader
{
    private bool TryReadCombination(SchemaNode node, JsonElement schema, JsonProperty keyword, string at, string place)
    {
        var json = keyword.Value;
        SchemaRule? rule = keyword.Name switch
        {
            "$ref" => BesideNode(node, Referred(json, at)).Check,
            "allOf" => AllRule(Several(node, json, at)),
            "anyOf" => AnyRule(Several(node, json, at)),
            "oneOf" => OneRule(Several(node, json, at)),
            "not" => NotRule(BesideNode(node, NodeAt(json, at))),
            "if" => IfRule(BesideNode(node, NodeAt(json, at)), Branch(node, schema, "then", place), Branch(node, schema, "else", place)),
            _ => null,
        };
        return TryAdd(node, rule);
    }

    private static SchemaNode BesideNode(SchemaNode node, SchemaNode other)
    {
        node.Beside.Add(other);
        return other;
    }

    private SchemaNode[] Several(SchemaNode node, JsonElement json, string at)
    {
        SchemaNode[] several = [.. Items(json, at).Select((one, index) => BesideNode(node, NodeAt(one, Below(at, index.ToString(CultureInfo.InvariantCulture)))))];
        return several.Length > 0 ? several : throw new RecordSchemaException(at, "an array with at least one schema belongs here");
    }

    private SchemaNode? Branch(SchemaNode node, JsonElement schema, string name, string place) =>
        schema.TryGetProperty(name, out var branch) ? BesideNode(node, NodeAt(branch, Below(place, name))) : null;

    private static SchemaRule AllRule(SchemaNode[] nodes) => (value, run) =>
    {
        var holds = true;
        foreach (var node in nodes)
        {
            holds &= node.Check(value, run);
            if (!holds && run.IsQuiet)
            {
                break;
            }
        }

        return holds;
    };

    private static SchemaRule AnyRule(SchemaNode[] nodes) => (value, run) => Array.Exists(nodes, node => node.Fits(value, run)) || run.Fail("it fits none of the alternatives");

    private static SchemaRule OneRule(SchemaNode[] nodes) => (value, run) =>
        nodes.Count(node => node.Fits(value, run)) is var fitting && (fitting == 1 || run.Fail(fitting == 0 ? "it fits none of the alternatives" : "it fits more than one of the alternatives"));

    private static SchemaRule NotRule(SchemaNode node) => (value, run) => !node.Fits(value, run) || run.Fail("it is what must not be here");

    private static SchemaRule IfRule(SchemaNode condition, SchemaNode? then, SchemaNode? otherwise) => (value, run) =>
        (condition.Fits(value, run) ? then : otherwise)?.Check(value, run) ?? true;
}
