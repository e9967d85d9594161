namespace OrleansMcp.Protocol;

/// <summary>The revisions of the Model Context Protocol served here, all on one URL.</summary>
public static class ProtocolVersions
{
    /// <summary>Streamable HTTP with batches.</summary>
    public const string March2025 = "2025-03-26";

    /// <summary>Batches removed, <c>MCP-Protocol-Version</c> header added.</summary>
    public const string June2025 = "2025-06-18";

    /// <summary>The last revision with sessions.</summary>
    public const string November2025 = "2025-11-25";

    /// <summary>No sessions, no handshake: every request carries its own metadata.</summary>
    public const string July2026 = "2026-07-28";

    /// <summary>The revisions in which a client begins with <c>initialize</c>, newest first.</summary>
    public static IReadOnlyList<string> WithSessions { get; } = [November2025, June2025, March2025];

    /// <summary>The revisions without a handshake; what <c>server/discover</c> and an unsupported-version error list.</summary>
    public static IReadOnlyList<string> WithoutSessions { get; } = [July2026];

    /// <summary>Whether <paramref name="version"/> is served with sessions.</summary>
    public static bool HasSessions(string? version) => version is November2025 or June2025 or March2025;

    /// <summary>Whether <paramref name="version"/> is served without sessions.</summary>
    public static bool IsSessionless(string? version) => version is July2026;

    /// <summary>Whether <paramref name="version"/> is served at all.</summary>
    public static bool IsSupported(string? version) => HasSessions(version) || IsSessionless(version);

    /// <summary>
    /// Whether a stream may begin with an event that has an id and no data. Clients of earlier revisions may fail on it
    /// (2025-11-25, transports, "Sending Messages to the Server").
    /// </summary>
    internal static bool HasPrimingEvents(string? version) => version is November2025;
}
