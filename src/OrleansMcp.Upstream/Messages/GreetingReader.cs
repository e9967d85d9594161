using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;

namespace OrleansMcp.Upstream.Messages;

/// <summary>Reads what a server says of itself.</summary>
internal static class GreetingReader
{
    /// <summary>The result of <c>initialize</c>.</summary>
    /// <exception cref="UpstreamException">It is none, or names a revision that is not spoken here.</exception>
    public static UpstreamGreeting OfInitialize(string server, JsonElement result)
    {
        var version = result.TryGetProperty("protocolVersion"u8, out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        return ProtocolVersions.HasSessions(version)
            ? new UpstreamGreeting(version!, Capabilities(server, result))
            : throw new UpstreamException(server, UpstreamFault.Invalid, "speaks no revision of the protocol that is spoken here.");
    }

    /// <summary>The result of <c>server/discover</c>; null when it does not name 2026-07-28.</summary>
    /// <exception cref="UpstreamException">It is none.</exception>
    public static UpstreamGreeting? OfDiscover(string server, JsonElement result) =>
        result.TryGetProperty("supportedVersions"u8, out var versions) && versions.ValueKind == JsonValueKind.Array
        && versions.EnumerateArray().Any(static version => version.ValueKind == JsonValueKind.String && version.ValueEquals(ProtocolVersions.July2026))
            ? new UpstreamGreeting(ProtocolVersions.July2026, Capabilities(server, result))
            : null;

    private static ServerCapabilities Capabilities(string server, JsonElement result)
    {
        try
        {
            return result.TryGetProperty("capabilities"u8, out var capabilities)
                ? (ServerCapabilities?)capabilities.Deserialize(McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ServerCapabilities))) ?? new()
                : new();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new UpstreamException(server, UpstreamFault.Invalid, "does not say what it can do in the protocol's form.", e);
        }
    }
}
