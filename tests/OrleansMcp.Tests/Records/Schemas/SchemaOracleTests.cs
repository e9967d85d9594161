extern alias oracle;

using System.Text.Json;
using oracle::Json.Schema;

namespace OrleansMcp.Tests.Records.Schemas;

/// <summary>Generated schemas and values, judged by us and by JsonSchema.Net alike.</summary>
[Trait(Rounds.Trait, Rounds.MoreAtNight)]
public sealed class SchemaOracleTests
{
    private const int Seed = 20260728;

    private static readonly string[] s_names = ["a", "b", "c"];
    private static readonly string[] s_types = ["null", "boolean", "object", "array", "number", "string", "integer"];
    private static readonly string[] s_texts = ["\"\"", "\"a\"", "\"ab\"", "\"cab\""];

    [Fact]
    public void A_schema_allows_what_another_library_allows()
    {
        var random = new Random(Seed);
        var allowed = 0;
        var pairs = Rounds.Of(3_000, atNight: 100_000);
        for (var pair = 0; pair < pairs; pair++)
        {
            var (schema, value) = (Schema(random, depth: 3), Value(random, depth: 3));
            using var json = JsonDocument.Parse(value);
            var theirs = JsonSchema.FromText(schema).Evaluate(json.RootElement).IsValid;
            Assert.True(theirs == RecordSchemaTests.Allows(schema, value), $"{schema} with {value}: the library says {theirs}");
            allowed += theirs ? 1 : 0;
        }

        Assert.InRange(allowed, pairs / 10, pairs * 9 / 10);
    }

    private static string Schema(Random random, int depth)
    {
        var keywords = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var (name, json) = Keyword(random, depth);
            keywords[name] = json;
        }

        return $"{{{string.Join(',', keywords.Select(keyword => $"\"{keyword.Key}\":{keyword.Value}"))}}}";
    }

    private static (string Name, string Json) Keyword(Random random, int depth)
    {
        string Sub() => depth == 0 || random.Next(8) == 0 ? (random.Next(2) == 0 ? "true" : "false") : Schema(random, depth - 1);
        string Map() => $"{{{string.Join(',', s_names.Where(_ => random.Next(2) == 0).Select(name => $"\"{name}\":{Sub()}"))}}}";
        string List() => $"[{Sub()},{Sub()}]";
        string Names() => $"[{string.Join(',', s_names.Where(_ => random.Next(3) == 0).Select(name => $"\"{name}\""))}]";
        return random.Next(26) switch
        {
            0 => ("type", $"\"{s_types[random.Next(s_types.Length)]}\""),
            1 => ("enum", $"[{Value(random, 1)},{Value(random, 1)}]"),
            2 => ("const", Value(random, 1)),
            3 => ("minimum", $"{random.Next(4)}"),
            4 => ("maximum", $"{random.Next(4)}"),
            5 => ("exclusiveMinimum", $"{random.Next(4)}"),
            6 => ("exclusiveMaximum", $"{random.Next(4)}"),
            7 => ("multipleOf", random.Next(2) == 0 ? "2" : "0.5"),
            8 => ("minLength", $"{random.Next(3)}"),
            9 => ("maxLength", $"{random.Next(3)}"),
            10 => ("pattern", random.Next(2) == 0 ? "\"^a\"" : "\"b$\""),
            11 => ("minItems", $"{random.Next(3)}"),
            12 => ("maxItems", $"{random.Next(3)}"),
            13 => ("uniqueItems", "true"),
            14 => ("prefixItems", List()),
            15 => ("items", Sub()),
            16 => ("contains", Sub()),
            17 => ("required", Names()),
            18 => ("properties", Map()),
            19 => ("additionalProperties", Sub()),
            20 => ("patternProperties", $"{{\"^[ab]$\":{Sub()}}}"),
            21 => ("propertyNames", $"{{\"enum\":{Names().Replace("[]", "[\"a\"]", StringComparison.Ordinal)}}}"),
            22 => ("allOf", List()),
            23 => ("anyOf", List()),
            24 => ("oneOf", List()),
            _ => ("not", Sub()),
        };
    }

    private static string Value(Random random, int depth) => random.Next(depth == 0 ? 5 : 8) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 => $"{random.Next(5)}",
        3 => random.Next(2) == 0 ? "1.5" : "2.0",
        4 => s_texts[random.Next(s_texts.Length)],
        5 => $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1)))}]",
        _ => $"{{{string.Join(',', s_names.Where(_ => random.Next(2) == 0).Select(name => $"\"{name}\":{Value(random, depth - 1)}"))}}}",
    };
}
