using ModelContextProtocol.Protocol;
using OrleansMcp.Permissions;
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
        Instructions = catalogue.InstructionText,
    };

    public static DiscoverResult Discover(Catalogue catalogue) => new()
    {
        SupportedVersions = [.. ProtocolVersions.WithoutSessions],
        Capabilities = Capabilities(catalogue),
        Instructions = catalogue.InstructionText,
        TimeToLive = catalogue.TimeToLive,
        CacheScope = catalogue.CacheScope,
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
