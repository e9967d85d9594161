using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;

namespace OrleansMcp.Sessions.Calls;

/// <summary>
/// The metadata of a request: for 2026-07-28 from its own <c>_meta</c> (basic/index, Request metadata), for the session revisions as
/// negotiated by <c>initialize</c>.
/// </summary>
internal sealed record RequestMeta(
    string ProtocolVersion, Implementation? ClientInfo, ClientCapabilities Capabilities, LoggingLevel? LogLevel)
{
    public bool IsSessionless => ProtocolVersions.IsSessionless(ProtocolVersion);

    /// <summary>Whether <c>initialize</c> negotiated it, so that there is a session with a stream and settings of its own.</summary>
    public bool IsNegotiated { get; init; }

    /// <summary>
    /// The metadata of a request of a revision with sessions that came without one: the client declared nothing. Without a header, the revision is
    /// 2025-03-26 (2025-06-18, transports, Protocol Version Header).
    /// </summary>
    public static RequestMeta WithoutSession(string? header) => new(header ?? ProtocolVersions.March2025, ClientInfo: null, new ClientCapabilities(), LogLevel: null);

    /// <summary>The version in <c>_meta</c>; null when there is none, as in messages of the session revisions.</summary>
    public static string? VersionOf(McpMessage message) =>
        TryGetMeta(message, out var meta) && meta.TryGetProperty(MetaKeys.ProtocolVersion, out var version)
        && version.ValueKind == JsonValueKind.String ? version.GetString() : null;

    /// <summary>Reads the metadata of a 2026-07-28 request.</summary>
    /// <exception cref="JsonException">A value is missing or of the wrong type.</exception>
    public static RequestMeta Read(McpMessage message)
    {
        if (!TryGetMeta(message, out var meta) || VersionOf(message) is not { } version
            || !meta.TryGetProperty(MetaKeys.ClientCapabilities, out var capabilities)
            || capabilities.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException(
                $"The request must carry _meta/{MetaKeys.ProtocolVersion} and _meta/{MetaKeys.ClientCapabilities}.");
        }

        var info = meta.TryGetProperty(MetaKeys.ClientInfo, out var client) ? Wire.Read<Implementation>(client) : null;
        LoggingLevel? level = meta.TryGetProperty(MetaKeys.LogLevel, out var log) ? LogLevelOf(log) : null;
        return new RequestMeta(version, info, Declared(capabilities), level);
    }

    /// <summary>Capabilities as declared; <c>elicitation: {}</c> means form mode (2025-11-25, client/elicitation).</summary>
    public static ClientCapabilities Declared(JsonElement capabilities)
    {
        var declared = Wire.Read<ClientCapabilities>(capabilities);
        if (declared.Elicitation is { Form: null, Url: null } elicitation)
        {
            elicitation.Form = new FormElicitationCapability();
        }

        return declared;
    }

    /// <summary>
    /// Reads one of the protocol's names for a level. The numbers of the enumeration, which the serializer accepts too, are refused.
    /// </summary>
    /// <exception cref="JsonException">The value is not such a name.</exception>
    public static LoggingLevel LogLevelOf(JsonElement level) => level.ValueKind == JsonValueKind.String
        ? level.Deserialize(Wire.Type<LoggingLevel>())
        : throw new JsonException("The level must be one of the protocol's logging levels.");

    private static bool TryGetMeta(McpMessage message, out JsonElement meta)
    {
        meta = default;
        return message.Params.ValueKind == JsonValueKind.Object && message.Params.TryGetProperty("_meta"u8, out meta)
            && meta.ValueKind == JsonValueKind.Object;
    }
}
