using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Upstream.Connections;

namespace OrleansMcp.Upstream;

/// <summary>Registers the connections to other servers.</summary>
internal static class UpstreamExtensions
{
    public static IServiceCollection AddUpstreamServers(this IServiceCollection services) => services.AddSingleton<IUpstreamConnector, HttpConnector>();
}
