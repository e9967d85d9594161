using Microsoft.AspNetCore.Http;
using OrleansMcp.Protocol;

namespace OrleansMcp.Http.Endpoint;

/// <summary>The protocol's own headers.</summary>
internal static class McpHeaders
{
    public const string SessionId = "Mcp-Session-Id";
    public const string ProtocolVersion = "MCP-Protocol-Version";
    public const string LastEventId = "Last-Event-ID";
    public const string Method = "Mcp-Method";
    public const string Name = "Mcp-Name";

    /// <summary>
    /// The <c>MCP-Protocol-Version</c> header, null when absent. False when it names a revision that is not served: 400
    /// (2025-06-18, transports, Protocol Version Header).
    /// </summary>
    public static bool TryGetVersion(HttpRequest request, out string? version)
    {
        version = Get(request, ProtocolVersion);
        return version is null || ProtocolVersions.IsSupported(version);
    }

    /// <summary>The header's value; null when absent. A header that is sent twice gives a joined value that matches nothing.</summary>
    public static string? Get(HttpRequest request, string name)
    {
        var values = request.Headers[name];
        return values.Count switch
        {
            0 => null,
            1 => values[0],
            _ => values.ToString(),
        };
    }
}
