using System.Net;
using System.Net.Sockets;

namespace OrleansMcp.Benchmarks.Servers;

/// <summary>Loopback ports that nobody uses at the moment.</summary>
internal static class FreePort
{
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
