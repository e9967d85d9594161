using System.Net;
using System.Net.Sockets;

namespace OrleansMcp.Hosting;

/// <summary>The addresses that a process is to listen on.</summary>
internal static class ListenAddress
{
    /// <summary>The first address that can be reached from other machines, or null. A name other than localhost may resolve to anything.</summary>
    public static string? FirstOpen(string urls) => Split(urls).FirstOrDefault(url => !IsLoopback(BindingAddress.Parse(url).Host));

    /// <summary>Throws, before anything is opened, when another process listens at one of the addresses.</summary>
    /// <exception cref="IOException">An address is taken.</exception>
    public static void RefuseTaken(string urls)
    {
        foreach (var url in Split(urls))
        {
            var address = BindingAddress.Parse(url);
            if (address.Port != 0 && IpOf(address.Host) is { } ip && IsTaken(new IPEndPoint(ip, address.Port)))
            {
                throw new IOException($"The address {url} is in use by another process. Stop it, or choose another address with --urls.");
            }
        }
    }

    private static IEnumerable<string> Split(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsLoopback(string host) => IpOf(host) is { } address && IPAddress.IsLoopback(address);

    private static IPAddress? IpOf(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : IPAddress.TryParse(host.AsSpan().Trim("[]"), out var address) ? address
        : null;

    private static bool IsTaken(IPEndPoint endpoint)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endpoint);
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.AddressAlreadyInUse; // of anything else the web server has more to say
        }
    }
}

/// <summary>The server refuses to start as it was told to.</summary>
public sealed class StartRefusedException(string message) : Exception(message);
