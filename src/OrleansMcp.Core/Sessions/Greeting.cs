using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization;
using OrleansMcp.Protocol;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>How the server introduces itself in either era.</summary>
internal static class Greeting
{
    public static InitializeResult Initialize(Catalogue catalogue, string version, PermissionSet permitted) => new()
    {
        Meta = new() { [PermissionMeta.Key] = PermissionMeta.Write(permitted.Entries) },
        ProtocolVersion = version,
        Capabilities = Capabilities(catalogue),
        ServerInfo = catalogue.ServerInfo,
        Instructions = catalogue.Options.ServerInstructions,
    };

    public static DiscoverResult Discover(Catalogue catalogue) => new()
    {
        SupportedVersions = [.. ProtocolVersions.WithoutSessions],
        Capabilities = Capabilities(catalogue),
        Instructions = catalogue.Options.ServerInstructions,
        TimeToLive = catalogue.Caching.TimeToLive,
        CacheScope = catalogue.Caching.Scope,
    };

    private static ServerCapabilities Capabilities(Catalogue catalogue) => new()
    {
        Tools = new ToolsCapability { ListChanged = true },
        Prompts = new PromptsCapability { ListChanged = true },
        Resources = new ResourcesCapability { ListChanged = true, Subscribe = true },
        Logging = new LoggingCapability(),
        Completions = catalogue.Completions is null ? null : new CompletionsCapability(),
    };
}
