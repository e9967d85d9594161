using ModelContextProtocol.Protocol;
using OrleansMcp.Conformance.Fixtures;
using OrleansMcp.Tools;

namespace OrleansMcp.Conformance;

/// <summary>Everything the conformance suite looks for in a server.</summary>
internal static class FixtureCatalogue
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromMinutes(5);

    public static void Fill(CatalogueBuilder catalogue) => catalogue
        .ServerInfo("OrleansMcp.Conformance", "0.1.0")
        .CacheFor(s_fresh, CacheScope.Public) // The fixtures are the same for everybody.
        .AddTools<TextTools>()
        .AddTools<MediaTools>()
        .AddTools<NotifyingTools>()
        .AddTools<ReconnectionTools>()
        .AddTools<ClientRequestTools>()
        .AddTools<CapabilityTools>()
        .AddTools<InputRequiredTools>()
        .AddTools<RequestStateTools>()
        .AddTools<CatalogueTools>()
        .AddTool(SchemaTool.Create())
        .AddPrompts<Prompts>()
        .AddResources<Resources>();
}
