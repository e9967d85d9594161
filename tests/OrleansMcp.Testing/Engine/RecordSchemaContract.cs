using System.Text.Json.Nodes;
using OrleansMcp.Configuration;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;
using static OrleansMcp.Tests.Engine.RecordCalls;

namespace OrleansMcp.Tests.Engine;

/// <summary>
/// The owner of a namespace says what its records look like, and nobody writes anything else: what one client writes, another does not misread
/// (seed 000).
/// </summary>
public abstract class RecordSchemaContract : EngineContract
{
    private static readonly JsonNode s_schema = JsonNode.Parse("""
        { "type": "object", "required": ["total"], "properties": { "total": { "type": "number", "minimum": 0 }, "lines": { "type": "array", "items": { "$ref": "#/$defs/line" } } },
          "$defs": { "line": { "type": "object", "properties": { "sku": { "type": "string", "pattern": "^[A-Z]+$" } } } } }
        """)!;

    [Fact]
    public async Task What_does_not_satisfy_the_schema_is_refused_whoever_writes_it()
    {
        await using var engine = await StartAsync();
        var (alice, bob) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Bob));
        await OkAsync(alice, "records_share", new { @namespace = "orders", client = "bob", access = "write" });
        await SetAsync(alice, s_schema);
        await PutAsync(alice.Elsewhere(), "mine", new { total = 1 });
        await OkAsync(bob, "records_put", new { @namespace = "alice/orders", key = "his", value = new { total = 2.5 } });
        var refused = await RefusedAsync(bob, "records_put", new { @namespace = "alice/orders", key = "his", value = new { total = "2.5", lines = new object[] { new { sku = "A" }, new { sku = "a b" } } } });
        Assert.Equal("schema_mismatch", refused.Code);
        var problems = Problems(refused);
        Assert.Equal([("his", "/total"), ("his", "/lines/1/sku")], problems.Select(problem => ((string)problem!["key"]!, (string)problem["path"]!)));
        Assert.DoesNotContain("a b", problems.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("schema_mismatch", (await RefusedAsync(alice, "records_put", new { @namespace = "orders", key = "mine", value = 7 })).Code);
        Assert.Equal("2.5", (string?)JsonNode.Parse((await ValueAsync(alice, "his"))!)!["total"]!.ToJsonString());
        await AttemptedAsync(engine, SignalName.SchemaMismatch, 2);
    }

    [Fact]
    public async Task One_value_that_does_not_fit_refuses_the_whole_transaction()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        await SetAsync(alice, s_schema);
        var refused = await RefusedAsync(alice, "records_transact", new
        {
            @namespace = "orders", writes = new object[] { new { key = "good", value = new { total = 1 } }, new { key = "bad", value = new { total = -1 } }, new { key = "none", delete = true } },
        });
        Assert.Equal("bad", (string?)Assert.Single(Problems(refused))!["key"]);
        Assert.Null(await ValueAsync(alice, "good"));
    }

    [Fact]
    public async Task Only_the_owner_sets_it_and_every_reader_sees_it()
    {
        await using var engine = await StartAsync();
        var (alice, bob, carol) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Bob), await engine.OpenAsync(Carol));
        await PutAsync(alice, "k", new { total = 1 });
        Assert.False((bool)(await OkAsync(alice, "records_schema", new { @namespace = "orders" }))["found"]!);
        await SetAsync(alice, s_schema);
        Assert.Equal("not_found", (await RefusedAsync(bob, "records_schema", new { @namespace = "alice/orders" })).Code);
        Assert.Equal("not_found", (await RefusedAsync(bob, "records_set_schema", new { @namespace = "alice/orders" })).Code);
        foreach (var access in new[] { "read", "write" })
        {
            await OkAsync(alice, "records_share", new { @namespace = "orders", client = "bob", access });
            Assert.True(JsonNode.DeepEquals(s_schema, (await OkAsync(bob, "records_schema", new { @namespace = "alice/orders" }))["schema"]));
            Assert.Equal("permission_denied", (await RefusedAsync(bob, "records_set_schema", new { @namespace = "alice/orders" })).Code);
        }

        Assert.Equal("not_found", (await RefusedAsync(carol, "records_schema", new { @namespace = "alice/orders" })).Code);
        await AttemptedAsync(engine, SignalName.CrossNamespaceWrite, 3);
        Assert.Equal("schema_mismatch", (await RefusedAsync(alice, "records_put", new { @namespace = "orders", key = "k", value = 1 })).Code);
    }

    [Fact]
    public async Task A_schema_that_a_record_does_not_satisfy_is_not_set_and_one_that_was_removed_refuses_nothing()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        await PutAsync(alice, "fits", new { total = 1 });
        await PutAsync(alice, "other", "text");
        var refused = await RefusedAsync(alice, "records_set_schema", new { @namespace = "orders", schema = s_schema });
        Assert.Equal(("schema_mismatch", "other"), (refused.Code, (string?)Assert.Single(Problems(refused))!["key"]));
        await PutAsync(alice, "third", "still any");
        await OkAsync(alice, "records_delete", new { @namespace = "orders", key = "other" });
        await OkAsync(alice, "records_delete", new { @namespace = "orders", key = "third" });
        await SetAsync(alice, s_schema);
        Assert.Equal("schema_mismatch", (await RefusedAsync(alice, "records_put", new { @namespace = "orders", key = "other", value = "text" })).Code);
        await OkAsync(alice, "records_set_schema", new { @namespace = "orders" });
        await PutAsync(alice, "other", "text");
        Assert.False((bool)(await OkAsync(alice, "records_schema", new { @namespace = "orders" }))["found"]!);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_schema_outlives_the_namespaces_actor(bool restart)
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        await SetAsync(alice, s_schema);
        await PutAsync(alice, "k", new { total = 1 });
        await LeaveMemoryAsync(engine, restart);
        Assert.Equal("schema_mismatch", (await RefusedAsync(alice, "records_put", new { @namespace = "orders", key = "k", value = 1 })).Code);
        await PutAsync(alice, "k", new { total = 2 });
    }

    [Theory]
    [InlineData("""{ "type": "obejct" }""", "/type")]
    [InlineData("""{ "requird": ["total"] }""", "/requird")]
    [InlineData("""{ "properties": { "a": { "pattern": "(a+)+\\1" } } }""", "/properties/a/pattern")]
    [InlineData("""{ "$ref": "https://example.com/schema.json" }""", "nothing is fetched")]
    [InlineData("""{ "$ref": "#" }""", "never end")]
    [InlineData("""[]""", "true or false")]
    public async Task A_schema_that_cannot_be_kept_to_is_not_set(string schema, string says)
    {
        await using var engine = await StartAsync();
        var refused = await RefusedAsync(await engine.OpenAsync(Alice), "records_set_schema", new { @namespace = "orders", schema = JsonNode.Parse(schema) });
        Assert.Equal("invalid_argument", refused.Code);
        Assert.Contains(says, refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_counts_against_the_state_of_its_owner()
    {
        const int Most = 95_000;
        await using var engine = await StartAsync(new QuotaConfiguration { StateBytes = Most });
        var alice = await engine.OpenAsync(Alice);
        var schema = new JsonObject { ["description"] = new string('d', 15_000) };
        await SetAsync(alice, schema);
        string? code = null;
        for (var other = 1; other * 15_000 <= Most && code is null; other++)
        {
            var answer = await alice.CallAsync("records_set_schema", new { @namespace = $"n{other}", schema = schema.DeepClone() });
            code = answer.Failed ? answer.Code : null;
        }

        Assert.Equal("quota_exceeded", code);
    }

    private static Task<JsonNode> SetAsync(EngineClient client, JsonNode schema) => OkAsync(client, "records_set_schema", new { @namespace = "orders", schema });

    private static JsonArray Problems(ToolAnswer answer) => answer.Json["result"]!["structuredContent"]!["problems"]!.AsArray();
}
