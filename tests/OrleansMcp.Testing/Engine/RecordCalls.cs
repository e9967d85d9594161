using System.Text.Json.Nodes;

namespace OrleansMcp.Tests.Engine;

/// <summary>Calls of the tools for records, and what they answer.</summary>
internal static class RecordCalls
{
    public static long Version(JsonNode node) => (long)node["version"]!;

    public static IEnumerable<string> Values(JsonNode page) => page["records"]!.AsArray().Select(record => record!["value"]!.ToString());

    public static Task<JsonNode> PutAsync(EngineClient client, string key, object value) =>
        OkAsync(client, "records_put", new { @namespace = "orders", key, value });

    public static async Task<string?> ValueAsync(EngineClient client, string key) =>
        (await OkAsync(client, "records_get", new { @namespace = "orders", key }))["record"]?["value"]?.ToString();

    public static JsonNode With(string arguments, string name)
    {
        var node = JsonNode.Parse(arguments)!;
        node["namespace"] = name;
        return node;
    }

    public static async Task<JsonNode> OkAsync(EngineClient client, string tool, object arguments)
    {
        var answer = await client.CallAsync(tool, arguments);
        Assert.False(answer.Failed, answer.ToString());
        return answer.Json["result"]!["structuredContent"]!;
    }

    public static async Task<ToolAnswer> RefusedAsync(EngineClient client, string tool, object arguments)
    {
        var answer = await client.CallAsync(tool, arguments);
        Assert.True(answer.Failed, answer.ToString());
        return answer;
    }
}
