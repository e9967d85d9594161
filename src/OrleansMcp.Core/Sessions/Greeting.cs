using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization;
using OrleansMcp.Protocol;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>How the server introduces itself in either era.</summary>
internal static class Greeting
{
    public static InitializeResult Initialize(Catalogue catalogue, string version, PermissionSet permitted, bool hasServers) => new()
    {
        Meta = new() { [PermissionMeta.Key] = PermissionMeta.Write(permitted.Entries) },
        ProtocolVersion = version,
        Capabilities = Capabilities(catalogue, hasServers),
        ServerInfo = catalogue.ServerInfo,
        Instructions = catalogue.Options.ServerInstructions,
    };

    public static DiscoverResult Discover(Catalogue catalogue, bool hasServers) => new()
    {
        SupportedVersions = [.. ProtocolVersions.WithoutSessions],
        Capabilities = Capabilities(catalogue, hasServers),
        Instructions = catalogue.Options.ServerInstructions,
        TimeToLive = catalogue.Caching.TimeToLive,
        CacheScope = catalogue.Caching.Scope,
    };

    /// <summary>What other servers can do is not known before a session asks them: what one of them may do is offered.</summary>
    private static ServerCapabilities Capabilities(Catalogue catalogue, bool hasServers) => new()
    {
        Tools = new ToolsCapability { ListChanged = true },
        Prompts = new PromptsCapability { ListChanged = true },
        Resources = new ResourcesCapability { ListChanged = true, Subscribe = true },
        Logging = new LoggingCapability(),
        Completions = catalogue.Completions is null && !hasServers ? null : new CompletionsCapability(),
    };
}
