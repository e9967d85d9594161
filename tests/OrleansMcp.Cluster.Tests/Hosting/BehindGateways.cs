using System.Runtime.CompilerServices;
using OrleansMcp.Tests.Cluster;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Hosting;

/// <summary>The servers of this assembly's tests are gateways in front of silos.</summary>
internal static class BehindGateways
{
#pragma warning disable CA2255 // Before the first test, and for all of them.
    [ModuleInitializer]
#pragma warning restore CA2255
    public static void Choose() => TestServer.Kind = static options => new GatewayServer(options);
}
