using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Hostile;

/// <summary>The server that is attacked, and the sessions that attacks are aimed at.</summary>
/// <param name="Port">Its port on loopback.</param>
/// <param name="Victim">A session that nothing of the corpus may change.</param>
/// <param name="Scratch">A session whose state does not matter, for requests that may be good after all.</param>
/// <param name="Legacy">A session of 2025-03-26, which has batches.</param>
/// <param name="Foreign">A session of another client.</param>
internal sealed record Target(int Port, string Victim, string Scratch, string Legacy, string Foreign)
{
    public const string Version = "2025-11-25";
    public const string ModernVersion = "2026-07-28";
    public const string Increment = """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"increment","arguments":{"by":1}}}""";
    public const string Echo = """{"jsonrpc":"2.0","id":"e1","method":"tools/call","params":{"name":"echo","arguments":{"text":"hello"}}}""";
    public const string Ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";
    public const string Initialize =
        """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"roots":{}},"clientInfo":{"name":"raw","version":"1"}}}""";
    public const string Meta =
        "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientInfo\":{\"name\":\"raw\",\"version\":\"1\"},\"io.modelcontextprotocol/clientCapabilities\":{}}";
    public const string ModernIncrement =
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"increment\",\"arguments\":{\"by\":1}," + Meta + "}}";
    public const string ModernEcho =
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"arguments\":{\"text\":\"hello\"}," + Meta + "}}";

    /// <summary>A POST with everything but a body and a session.</summary>
    public RequestText Opening() => Bare("POST", "/mcp").With("Content-Type", "application/json").With("Accept", "application/json, text/event-stream");

    /// <summary>A POST to a session.</summary>
    public RequestText Post(string session) => Opening().With("Mcp-Session-Id", session).With("MCP-Protocol-Version", Version);

    /// <summary>A POST to the session of 2025-03-26.</summary>
    public RequestText PostLegacy() => Opening().With("Mcp-Session-Id", Legacy);

    /// <summary>A POST of 2026-07-28.</summary>
    public RequestText Modern(string method, string? name = null)
    {
        var request = Opening().With("MCP-Protocol-Version", ModernVersion).With("Mcp-Method", method);
        return name is null ? request : request.With("Mcp-Name", name);
    }

    public RequestText Get(string session) =>
        Bare("GET", "/mcp").With("Accept", "text/event-stream").With("Mcp-Session-Id", session).With("MCP-Protocol-Version", Version);

    public RequestText Delete(string session) => Bare("DELETE", "/mcp").With("Mcp-Session-Id", session).With("MCP-Protocol-Version", Version);

    /// <summary>A request with a host, a good key, and a connection that ends with the reply.</summary>
    public RequestText Bare(string method, string target, string version = "HTTP/1.1") => new RequestText(method, target, version)
        .With("Host", $"127.0.0.1:{Port}").With("Authorization", "Bearer " + TestConfiguration.Alice).With("Connection", "close");
}
