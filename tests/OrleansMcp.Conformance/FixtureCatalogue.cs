using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Conformance.Fixtures;
using OrleansMcp.Tools;

namespace OrleansMcp.Conformance;

/// <summary>Everything the conformance suite looks for in a server.</summary>
internal static class FixtureCatalogue
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromMinutes(5);

    public static void AddTo(IMcpServerBuilder server)
    {
        server.Services.Configure<McpServerOptions>(static options => options.ServerInfo = new() { Name = "OrleansMcp.Conformance", Version = "0.1.0" });

        // The fixtures are the same for everybody.
        server.Services.Configure<ListCaching>(static caching => (caching.TimeToLive, caching.Scope) = (s_fresh, CacheScope.Public));
        server
            .WithTools<TextTools>()
            .WithTools<MediaTools>()
            .WithTools<NotifyingTools>()
            .WithTools<ReconnectionTools>()
            .WithTools<ClientRequestTools>()
            .WithTools<CapabilityTools>()
            .WithTools<InputRequiredTools>()
            .WithTools<RequestStateTools>()
            .WithTools<CatalogueTools>()
            .WithTools([SchemaTool.Create()])
            .WithPrompts<Prompts>()
            .WithResources<Resources>();
    }
}
