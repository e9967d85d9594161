using ModelContextProtocol.Protocol;
using OrleansMcp.Permissions;
using OrleansMcp.Protocol;

namespace OrleansMcp.Sessions;

/// <summary>How the server introduces itself in either era.</summary>
internal static class Greeting
{
    public static InitializeResult Greet(this SessionHost host, string version, PermissionSet permitted) => new()
    {
        Meta = new() { [PermissionMeta.Key] = PermissionMeta.Write(permitted.Entries) },
        ProtocolVersion = version,
        Capabilities = Capabilities(host),
        ServerInfo = host.Catalogue.ServerInfo,
        Instructions = host.Catalogue.InstructionText,
    };

    public static DiscoverResult Discover(this SessionHost host) => new()
    {
        SupportedVersions = [.. ProtocolVersions.WithoutSessions],
        Capabilities = Capabilities(host),
        Instructions = host.Catalogue.InstructionText,
        TimeToLive = host.Catalogue.TimeToLive,
        CacheScope = host.Catalogue.CacheScope,
    };

    private static ServerCapabilities Capabilities(SessionHost host) => new()
    {
        Tools = new ToolsCapability { ListChanged = true },
        Prompts = new PromptsCapability { ListChanged = true },
        Resources = new ResourcesCapability { ListChanged = true, Subscribe = true },
        Logging = new LoggingCapability(),
        Completions = host.Catalogue.Completions is null ? null : new CompletionsCapability(),
    };
}
