using System.Diagnostics;
using System.Text.Json;
using OrleansMcp.Records.Schemas;

namespace OrleansMcp.Tests.Records.Schemas;

/// <summary>What a schema allows, what it costs at most, and what is not taken for one.</summary>
public sealed class RecordSchemaTests
{
    [Theory]
    [InlineData("""{"type":"integer"}""", "1.0", true)]
    [InlineData("""{"type":"integer"}""", "1.5", false)]
    [InlineData("""{"type":["string","null"]}""", "null", true)]
    [InlineData("""{"enum":[1,"a",{"b":[1]}]}""", """{"b":[1.0]}""", true)]
    [InlineData("""{"const":null}""", "0", false)]
    [InlineData("""{"minimum":1,"exclusiveMaximum":2}""", "2", false)]
    [InlineData("""{"multipleOf":0.01}""", "1.23", true)]
    [InlineData("""{"maxLength":2}""", "\"😀😀\"", true)]
    [InlineData("""{"minLength":3}""", "\"😀😀\"", false)]
    [InlineData("""{"pattern":"^a+$"}""", "\"aab\"", false)]
    [InlineData("""{"prefixItems":[{"type":"string"}],"items":{"type":"number"}}""", """["a",1,2]""", true)]
    [InlineData("""{"prefixItems":[{"type":"string"}],"items":false}""", """["a",1]""", false)]
    [InlineData("""{"uniqueItems":true}""", "[1,2,1.0]", false)]
    [InlineData("""{"contains":{"const":1},"minContains":2}""", "[1,0,1]", true)]
    [InlineData("""{"contains":{"const":1},"maxContains":1}""", "[1,0,1]", false)]
    [InlineData("""{"required":["a"]}""", """{"b":1}""", false)]
    [InlineData("""{"dependentRequired":{"a":["b"]}}""", """{"a":1}""", false)]
    [InlineData("""{"dependentSchemas":{"a":{"required":["b"]}}}""", """{"a":1,"b":2}""", true)]
    [InlineData("""{"properties":{"a":{"type":"string"}},"additionalProperties":false}""", """{"a":"x","b":1}""", false)]
    [InlineData("""{"patternProperties":{"^x-":{}},"additionalProperties":false}""", """{"x-1":1}""", true)]
    [InlineData("""{"propertyNames":{"maxLength":2}}""", """{"abc":1}""", false)]
    [InlineData("""{"minProperties":1,"maxProperties":1}""", """{"a":1,"b":2}""", false)]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"a":"x","a":1}""", false)]
    [InlineData("""{"allOf":[{"type":"number"},{"minimum":3}]}""", "2", false)]
    [InlineData("""{"anyOf":[{"type":"number"},{"type":"string"}]}""", "true", false)]
    [InlineData("""{"oneOf":[{"type":"number"},{"minimum":3}]}""", "5", false)]
    [InlineData("""{"not":{"type":"string"}}""", "1", true)]
    [InlineData("""{"if":{"type":"string"},"then":{"minLength":1},"else":{"type":"null"}}""", "\"\"", false)]
    [InlineData("""{"type":"object","properties":{"next":{"$ref":"#"}},"required":["v"]}""", """{"v":1,"next":{"v":2,"next":{}}}""", false)]
    [InlineData("""{"$ref":"#/$defs/a~1b%25","$defs":{"a/b%":{"type":"string"}}}""", "\"x\"", true)]
    [InlineData("false", "1", false)]
    [InlineData("true", "1", true)]
    public void A_value_fits_or_does_not(string schema, string value, bool fits) => Assert.Equal(fits, Allows(schema, value));

    [Theory]
    [InlineData("""{"unevaluatedProperties":false}""")]
    [InlineData("""{"$id":"https://example.com/a"}""")]
    [InlineData("""{"$ref":"#/$defs/missing"}""")]
    [InlineData("""{"$ref":"other.json#/a"}""")]
    [InlineData("""{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"anyOf":[{"$ref":"#"}]}}}""")]
    [InlineData("""{"$defs":{"unused":{"typ":"string"}}}""")]
    [InlineData("""{"pattern":"(?=a)b"}""")]
    [InlineData("""{"pattern":"(a)\\1"}""")]
    [InlineData("""{"pattern":"("}""")]
    [InlineData("""{"pattern":"(((a{1,100}){1,100}){1,100}){1,100}"}""")]
    [InlineData("""{"type":"text"}""")]
    [InlineData("""{"type":[]}""")]
    [InlineData("""{"type":"string","type":"number"}""")]
    [InlineData("""{"required":"a"}""")]
    [InlineData("""{"minLength":-1}""")]
    [InlineData("""{"multipleOf":0}""")]
    [InlineData("""{"anyOf":[]}""")]
    [InlineData("""{"properties":{"a":3}}""")]
    [InlineData("""{"title":"\ud800","enum":["\ud800"],"required":["\ud800"]}""")]
    [InlineData("3")]
    public void What_is_not_checked_is_no_schema(string schema) => Assert.Throws<RecordSchemaException>(() => RecordSchema.Read(Json(schema)));

    [Fact]
    public void A_schema_has_a_size_and_a_depth()
    {
        Assert.Throws<RecordSchemaException>(() => RecordSchema.Read(Json($$"""{"description":"{{new string('x', RecordSchema.Most)}}"}""")));
        Assert.Throws<RecordSchemaException>(() => RecordSchema.Read(Json(string.Concat(Enumerable.Repeat("""{"not":""", 100)) + "true" + new string('}', 100))));
    }

    /// <summary>Each of these would take years, or the stack, where every branch is tried.</summary>
    [Theory]
    [InlineData("doubling")]
    [InlineData("each with each")]
    [InlineData("pattern")]
    [InlineData("deep")]
    public void What_costs_too_much_is_refused_in_no_time(string attack)
    {
        var (schema, value) = attack switch
        {
            "doubling" => (Doubling(40), "1"),
            "each with each" => ("""{"uniqueItems":true}""", $"[{string.Join(',', Enumerable.Range(0, 12_000))}]"),
            "pattern" => ("""{"items":{"pattern":"^(a|a)*(a|aa)+$"}}""", $"[{string.Join(',', Enumerable.Repeat($"\"{new string('a', 10_000)}b\"", 300))}]"),
            _ => ("""{"items":{"$ref":"#"}}""", new string('[', 500) + new string(']', 500)),
        };
        var watch = Stopwatch.StartNew();
        var run = new SchemaRun(RecordSchema.StepsOfTransaction);
        Assert.False(RecordSchema.Read(Json(schema)).Allows("k", Json(value), run));
        Assert.NotEmpty(run.Problems);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}"); // a tenth of a second on a quiet machine
    }

    [Fact]
    public void Half_a_surrogate_pair_satisfies_no_schema_that_reads_it()
    {
        Assert.False(Allows("""{"maxLength":10}""", "\"\\ud800\""));
        Assert.False(Allows("""{"properties":{"a":{}}}""", "{\"\\ud800\":1}"));
    }

    [Fact]
    public void The_first_problems_are_told_by_their_places_and_without_values()
    {
        var run = new SchemaRun(1_000);
        Assert.False(RecordSchema.Read(Json("""{"properties":{"a/b":{"items":{"type":"string"}}}}""")).Allows("k", Json("""{"a/b":["x",1,2,3,4,5,6,7,8]}"""), run));
        Assert.Equal(SchemaRun.MostProblems, run.Problems.Count);
        Assert.Equal(("k", "/a~1b/1", "it is not of type string"), (run.Problems[0].Key, run.Problems[0].Path, run.Problems[0].Problem));
    }

    internal static bool Allows(string schema, string value) => RecordSchema.Read(Json(schema)).Allows("k", Json(value), new SchemaRun(RecordSchema.StepsOfTransaction));

    private static string Doubling(int levels)
    {
        var definitions = Enumerable.Range(1, levels).Select(level => $$"""
            "d{{level}}":{"oneOf":[{"$ref":"#/$defs/d{{level - 1}}"},{"$ref":"#/$defs/d{{level - 1}}"}]}
            """.Trim());
        return $$$"""{"$ref":"#/$defs/d{{{levels}}}","$defs":{"d0":{"type":"string"},{{{string.Join(',', definitions)}}}}}""";
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 2_000 });
        return document.RootElement.Clone();
    }
}
