using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace OrleansMcp.Upstream.Messages;

/// <summary>How this server introduces itself to others, as the client it is to them.</summary>
internal static class Introduction
{
    public static Implementation ClientInfo { get; } = new()
    {
        Name = "OrleansMcp", Version = typeof(Introduction).Assembly.GetName().Version?.ToString() ?? "1.0.0",
    };

    /// <summary>What a client can be asked for a server: nothing else of it concerns the server.</summary>
    public static ClientCapabilities Part(ClientCapabilities capabilities) => new()
    {
        Elicitation = capabilities.Elicitation, Sampling = capabilities.Sampling, Roots = capabilities.Roots,
    };

    /// <summary>The protocol's name of a level.</summary>
    public static string NameOf(LoggingLevel level) =>
        JsonSerializer.SerializeToElement(level, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(LoggingLevel))).GetString()!;
}
