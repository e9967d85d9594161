using OrleansMcp.Tests.Cluster;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Hosting;

/// <summary>What servers of this assembly's tests have beside the others: several gateways, and silos behind them.</summary>
internal static class GatewayParts
{
    extension(TestServer server)
    {
        public Uri[] Urls => ((GatewayServer)server).Urls;

        public ClusterWorld World => ((GatewayServer)server).World;

        public SessionCluster Cluster => ((GatewayServer)server).Cluster;
    }
}
