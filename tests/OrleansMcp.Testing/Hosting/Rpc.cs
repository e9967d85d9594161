using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansMcp.Tests.Hosting;

/// <summary>Writes JSON-RPC messages as a client would.</summary>
internal static class Rpc
{
    public static string Request(object id, string method, object? parameters = null) =>
        Message(method, parameters, node => node["id"] = JsonSerializer.SerializeToNode(id));

    public static string Notification(string method, object? parameters = null) => Message(method, parameters, _ => { });

    public static string Call(object id, string tool, object? arguments = null, object? progressToken = null) =>
        Request(id, "tools/call", CallParams(tool, arguments, progressToken));

    public static string Result(JsonNode? id, object result) =>
        new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id?.DeepClone(), ["result"] = JsonSerializer.SerializeToNode(result) }.ToJsonString();

    public static string Initialize(object id, string version, object? capabilities = null) => Request(id, "initialize", new
    {
        protocolVersion = version,
        capabilities = capabilities ?? new { },
        clientInfo = new { name = "raw", version = "1" },
    });

    public static string Batch(params string[] messages) => "[" + string.Join(",", messages) + "]";

    public static JsonObject CallParams(string tool, object? arguments = null, object? progressToken = null)
    {
        var parameters = new JsonObject
        {
            ["name"] = tool,
            ["arguments"] = JsonSerializer.SerializeToNode(arguments ?? new { }),
        };
        if (progressToken is not null)
        {
            parameters["_meta"] = new JsonObject { ["progressToken"] = JsonSerializer.SerializeToNode(progressToken) };
        }

        return parameters;
    }

    private static string Message(string method, object? parameters, Action<JsonObject> complete)
    {
        var message = new JsonObject { ["jsonrpc"] = "2.0", ["method"] = method };
        complete(message);
        if (parameters is not null)
        {
            message["params"] = JsonSerializer.SerializeToNode(parameters);
        }

        return message.ToJsonString();
    }
}
