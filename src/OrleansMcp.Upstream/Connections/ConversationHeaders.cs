using System.Net.Http.Headers;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;

namespace OrleansMcp.Upstream.Connections;

/// <summary>The headers of a message that depend on the server's era.</summary>
/// <param name="ProtocolVersion">The revision; null before it is negotiated.</param>
/// <param name="SessionId">The server's session; null where there is none.</param>
/// <param name="Request">The request that is described by headers (2026-07-28, Standard Request Headers); null in other revisions.</param>
internal readonly record struct ConversationHeaders(string? ProtocolVersion, string? SessionId = null, UpstreamRequest? Request = null)
{
    public void AddTo(HttpRequestHeaders headers)
    {
        if (ProtocolVersion is not null)
        {
            headers.TryAddWithoutValidation("MCP-Protocol-Version", ProtocolVersion);
        }

        if (SessionId is not null)
        {
            headers.TryAddWithoutValidation("Mcp-Session-Id", SessionId);
        }

        if (Request is null)
        {
            return;
        }

        headers.TryAddWithoutValidation("Mcp-Method", Request.Method);
        if (Request.Name is { } name)
        {
            headers.TryAddWithoutValidation("Mcp-Name", McpHeaderEncoder.EncodeValue(name));
        }

        foreach (var (key, value) in Request.Headers)
        {
            headers.TryAddWithoutValidation(key, value);
        }
    }
}
