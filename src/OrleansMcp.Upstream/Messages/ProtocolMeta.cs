using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;

namespace OrleansMcp.Upstream.Messages;

/// <summary>The keys of <c>_meta</c> by which a request of 2026-07-28 describes itself (basic/index, Request metadata).</summary>
internal static class ProtocolMeta
{
    /// <summary>Begins all of them.</summary>
    public const string Prefix = "io.modelcontextprotocol/";

    /// <summary>Writes them for a request.</summary>
    public static void Write(Utf8JsonWriter writer, IUpstreamExchange exchange)
    {
        writer.WriteString(MetaKeys.ProtocolVersion, ProtocolVersions.July2026);
        writer.WritePropertyName(MetaKeys.ClientInfo);
        JsonSerializer.Serialize(writer, Introduction.ClientInfo, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(Implementation)));
        writer.WritePropertyName(MetaKeys.ClientCapabilities);
        JsonSerializer.Serialize(writer, Introduction.Part(exchange.Capabilities), McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ClientCapabilities)));
        if (exchange.LogLevel is { } level)
        {
            writer.WritePropertyName(MetaKeys.LogLevel);
            JsonSerializer.Serialize(writer, level, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(LoggingLevel)));
        }
    }
}
