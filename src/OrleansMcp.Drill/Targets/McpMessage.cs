using System.Text.Json.Nodes;

namespace OrleansMcp.Drill.Targets;

/// <summary>The messages that clients of the drill send. Messages of attacks have one id, so that the answers can be compared byte for byte.</summary>
internal static class McpMessage
{
    public const string Version = "2025-11-25";

    public const string Initialize =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"drill","version":"1"}}}""";

    public const string Initialized = """{"jsonrpc":"2.0","method":"notifications/initialized"}""";

    public const string ListTools = """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}""";

    /// <param name="tool">The tool.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="id">The request's id: no two requests that run at once in a session may share it.</param>
    /// <param name="asksProgress">Whether to ask for progress, under the request's id: other sessions ask under the same ones.</param>
    public static string Call(string tool, JsonObject arguments, long id = 1, bool asksProgress = false)
    {
        var parameters = new JsonObject { ["name"] = tool, ["arguments"] = arguments };
        if (asksProgress)
        {
            parameters["_meta"] = new JsonObject { ["progressToken"] = id };
        }

        return new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = "tools/call", ["params"] = parameters }.ToJsonString();
    }
}
