using System.Globalization;
using System.Text.Json;

namespace OrleansMcp.Records.Schemas;

/// <summary>
/// Reads a schema. A keyword that is not checked is refused: a misspelt one would allow what its author believes forbidden. References are
/// to places in the same schema.
/// </summary>
internal sealed partial class SchemaReader(JsonElement root)
{
    private const int MostDepth = 64;

    private static readonly HashSet<string> s_said = new(StringComparer.Ordinal)
    {
        "$schema", "$comment", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "format", "$defs", "definitions",
        "then", "else", "minContains", "maxContains", // with if and contains
    };

    private readonly Dictionary<string, SchemaNode> _nodes = new(StringComparer.Ordinal);

    /// <exception cref="RecordSchemaException">It is no schema that is checked.</exception>
    public SchemaNode Read()
    {
        CheckDepth(root, depth: 0);
        var node = NodeAt(root, "");
        ReadDefinitions();
        RefuseCycles();
        return node;
    }

    /// <summary>The schema at a place, read once.</summary>
    private SchemaNode NodeAt(JsonElement schema, string place)
    {
        if (_nodes.TryGetValue(place, out var known))
        {
            return known;
        }

        var node = new SchemaNode();
        _nodes.Add(place, node);
        switch (schema.ValueKind)
        {
            case JsonValueKind.True:
                break;
            case JsonValueKind.False:
                node.Add(static (_, run) => run.Fail("nothing is allowed here"));
                break;
            case JsonValueKind.Object:
                Fill(node, schema, place);
                break;
            default:
                throw new RecordSchemaException(place, "a schema is an object, true or false");
        }

        return node;
    }

    private void Fill(SchemaNode node, JsonElement schema, string place)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var keyword in schema.EnumerateObject())
        {
            var at = Below(place, keyword.Name);
            if (!seen.Add(keyword.Name))
            {
                throw new RecordSchemaException(at, "the keyword is there twice");
            }

            if (!TryReadValue(node, keyword, at) && !TryReadText(node, keyword, at) && !TryReadArray(node, schema, keyword, at, place)
                && !TryReadObject(node, schema, keyword, at, place) && !TryReadCombination(node, schema, keyword, at, place) && !s_said.Contains(keyword.Name))
            {
                throw new RecordSchemaException(at, "this keyword is not one that this server checks");
            }
        }
    }

    /// <summary>What is defined and not used is read too, so that it is known to be in order.</summary>
    private void ReadDefinitions()
    {
        foreach (var name in (string[])["$defs", "definitions"])
        {
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var definitions))
            {
                foreach (var definition in Members(definitions, "/" + name))
                {
                    NodeAt(definition.Value, Below("/" + name, definition.Name));
                }
            }
        }
    }

    /// <summary>The schema at a place of this one: <c>#</c>, or <c>#/$defs/name</c>.</summary>
    private SchemaNode Referred(JsonElement reference, string place)
    {
        var text = Text(reference, place);
        if (text == "#")
        {
            return NodeAt(root, "");
        }

        if (!text.StartsWith("#/", StringComparison.Ordinal))
        {
            throw new RecordSchemaException(place, "a reference is to a place in this schema, as '#/$defs/name'; nothing is fetched");
        }

        var (found, at) = (root, "");
        foreach (var part in Uri.UnescapeDataString(text[2..]).Split('/'))
        {
            var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = Below(at, name);
            found = found.ValueKind switch
            {
                JsonValueKind.Object when found.TryGetProperty(name, out var member) => member,
                JsonValueKind.Array when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < found.GetArrayLength() => found[index],
                _ => throw new RecordSchemaException(place, $"there is nothing at '{text}'"),
            };
        }

        return NodeAt(found, at);
    }

    private void RefuseCycles()
    {
        var done = new HashSet<SchemaNode>();
        foreach (var (place, node) in _nodes)
        {
            Visit(node, [], place);
        }

        void Visit(SchemaNode node, HashSet<SchemaNode> above, string place)
        {
            if (!above.Add(node))
            {
                throw new RecordSchemaException(place, "it refers to itself for the same value, which would never end");
            }

            if (done.Add(node))
            {
                foreach (var other in node.Beside)
                {
                    Visit(other, above, place);
                }
            }

            above.Remove(node);
        }
    }

    private static void CheckDepth(JsonElement json, int depth)
    {
        if (depth > MostDepth)
        {
            throw new RecordSchemaException("", string.Create(CultureInfo.InvariantCulture, $"it is deeper than {MostDepth}"));
        }

        foreach (var part in json.ValueKind switch
        {
            JsonValueKind.Object => json.EnumerateObject().Select(static member => member.Value),
            JsonValueKind.Array => json.EnumerateArray(),
            _ => Enumerable.Empty<JsonElement>(),
        })
        {
            CheckDepth(part, depth + 1);
        }
    }

    private static string Below(string place, string name) =>
        $"{place}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    private static string Text(JsonElement json, string place) =>
        json.ValueKind == JsonValueKind.String ? json.GetString()! : throw new RecordSchemaException(place, "a text belongs here");

    private static int Count(JsonElement json, string place) =>
        json.ValueKind == JsonValueKind.Number && json.TryGetDecimal(out var number) && number >= 0 && number <= int.MaxValue && decimal.IsInteger(number)
            ? (int)number
            : throw new RecordSchemaException(place, "a whole number from 0 on belongs here");

    private static JsonElement.ArrayEnumerator Items(JsonElement json, string place) =>
        json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : throw new RecordSchemaException(place, "an array belongs here");

    private static JsonElement.ObjectEnumerator Members(JsonElement json, string place) =>
        json.ValueKind == JsonValueKind.Object ? json.EnumerateObject() : throw new RecordSchemaException(place, "an object belongs here");

    private static HashSet<string> Names(JsonElement json, string place) => [.. Items(json, place).Select(name => Text(name, place))];
}
