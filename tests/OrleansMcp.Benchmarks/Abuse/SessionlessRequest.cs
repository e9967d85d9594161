using OrleansMcp.Benchmarks.Mcp;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>Requests of 2026-07-28, which has no sessions and says everything with every request.</summary>
internal static class SessionlessRequest
{
    private const string Version = "2026-07-28";

    private const string Meta =
        $$"""
        "_meta":{"io.modelcontextprotocol/protocolVersion":"{{Version}}","io.modelcontextprotocol/clientInfo":{"name":"abuse","version":"1"},
        "io.modelcontextprotocol/clientCapabilities":{} }
        """;

    /// <param name="target">Where it goes.</param>
    /// <param name="method">What it asks for.</param>
    /// <param name="name">The tool, where the method has one.</param>
    /// <param name="parameters">Members of <c>params</c>, with commas between them and without braces.</param>
    public static byte[] Of(Target target, string method, string? name, string parameters)
    {
        var body = Rpc.Request(method, "{" + parameters + "," + Meta + "}");
        var named = name is null ? "" : $"Mcp-Name: {name}\r\n";
        var head = $"POST {target.Path} HTTP/1.1\r\nHost: {target.Address}\r\nAuthorization: Bearer {target.Key}\r\n"
            + "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
            + $"MCP-Protocol-Version: {Version}\r\nMcp-Method: {method}\r\n{named}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n";
        return Encoding.UTF8.GetBytes(head + body);
    }
}
