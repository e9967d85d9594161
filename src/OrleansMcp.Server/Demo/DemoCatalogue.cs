using OrleansMcp.ToolLogs;
using OrleansMcp.Tools;

namespace OrleansMcp.Server.Demo;

/// <summary>What the program offers to clients.</summary>
internal static class DemoCatalogue
{
    public static void AddTo(CatalogueBuilder catalogue) => catalogue
        .ServerInfo(ServerHost.Name, "0.1.0")
        .AddTools<DemoTools>()
        .AddTools<SecretTools>()
        .AddRecords()
        .AddTools<CacheTools>()
        .AddToolLog()
        .AddResources<DemoResources>()
        .AddPrompts<DemoPrompts>();
}
