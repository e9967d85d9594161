using System.Text.Json.Nodes;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Records.Schemas;

/// <summary>Owner and guest of a shared namespace, each over HTTP, also after a restart.</summary>
public sealed class SharedSchemaTests
{
    [Fact]
    public async Task What_a_guest_writes_is_what_the_owner_expects()
    {
        await using var server = await TestServer.StartAsync();
        var schema = JsonNode.Parse("""{ "type": "object", "required": ["total"], "properties": { "total": { "type": "number" } }, "additionalProperties": false }""");
        using var alice = await server.Client().OpenAsync();
        using var bob = await server.Client(TestConfiguration.Bob).OpenAsync();
        await OkAsync(alice, "records_share", new { @namespace = "orders", client = "bob", access = "write" });
        await OkAsync(alice, "records_set_schema", new { @namespace = "orders", schema });
        Assert.True(JsonNode.DeepEquals(schema, (await OkAsync(bob, "records_schema", new { @namespace = "alice/orders" }))["schema"]));
        await OkAsync(bob, "records_put", new { @namespace = "alice/orders", key = "k", value = new { total = 12.5 } });
        await RefusedAsync(bob, "/total");

        await server.StopAsync();
        await server.StartAgainAsync();
        await RefusedAsync(bob, "/total");
        await OkAsync(alice, "records_set_schema", new { @namespace = "orders" });
        await OkAsync(bob, "records_put", new { @namespace = "alice/orders", key = "k", value = new { total = "12,50" } });
    }

    private static async Task RefusedAsync(RawClient client, string path)
    {
        var reply = await client.CallAsync("records_put", new { @namespace = "alice/orders", key = "k", value = new { total = "12,50" } });
        Assert.True(reply.ToolFailed, reply.Text);
        var content = reply.Result["structuredContent"]!;
        Assert.Equal(("schema_mismatch", path), ((string?)content["code"], (string?)content["problems"]![0]!["path"]));
    }

    private static async Task<JsonNode> OkAsync(RawClient client, string tool, object arguments)
    {
        var reply = await client.CallAsync(tool, arguments);
        Assert.False(reply.ToolFailed, reply.Text);
        return reply.Result["structuredContent"]!;
    }
}
