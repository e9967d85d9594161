using System.Net;
using System.Net.Sockets;

namespace OrleansMcp.Tests.Hosting;

/// <summary>
/// Ports that nobody uses, below those that systems give to outgoing connections: one of these could be taken before the process that was
/// told it has started.
/// </summary>
internal static class FreePort
{
    private const int Least = 15_000;
    private const int Most = 32_000;

    private static int s_last = Random.Shared.Next(Least, Most);

    public static int Next()
    {
        while (true)
        {
            var port = Least + (Interlocked.Increment(ref s_last) % (Most - Least));
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }
}
