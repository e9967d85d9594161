using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Configuration;
using OrleansMcp.Http.Connections;

namespace OrleansMcp.Http;

/// <summary>Limits what one connection may cost before its caller is authenticated, and what its buffers may hold.</summary>
public static class KestrelLimits
{
    // Headers have to fit; a body is read as it comes, so that more would only be held.
    private const int HeaderBytes = 32 * 1024;
    private const int LineBytes = 4 * 1024;
    private const int SocketBuffer = 64 * 1024;
    private const int StreamWindow = 64 * 1024; // the least that HTTP/2 begins with
    private const int ConnectionWindow = 2 * StreamWindow;

    /// <summary>What Kestrel buffers of a request that is not read yet, in the connection and in its socket.</summary>
    internal const int RequestBuffer = HeaderBytes + LineBytes;

    /// <summary>What Kestrel buffers of a reply that its client does not read.</summary>
    internal const int ResponseBuffer = 32 * 1024;

    /// <summary>Sets the limits on connections, bodies, headers and slow clients.</summary>
    public static void Apply(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.AllowSynchronousIO = false;
        var limits = options.Limits;
        limits.MaxRequestBodySize = options.ApplicationServices.GetRequiredService<IConfigurationSource>().Current.Endpoint.MaxBodyBytes;
        limits.MaxRequestBufferSize = RequestBuffer;
        limits.MaxResponseBufferSize = ResponseBuffer;
        limits.MaxRequestHeadersTotalSize = HeaderBytes;
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestLineSize = LineBytes;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);

        // Averages, for what is small. The whole time of what is large has a limit too (TransferDeadline).
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 4096, gracePeriod: TimeSpan.FromSeconds(15));
        limits.Http2.MaxStreamsPerConnection = 100;
        limits.Http2.InitialConnectionWindowSize = ConnectionWindow;
        limits.Http2.InitialStreamWindowSize = StreamWindow;
        if (options.ApplicationServices.GetService<ConnectionGuard>() is { } guard)
        {
            options.ConfigureEndpointDefaults(endpoint => endpoint.Use(guard.Around));
        }
    }

    /// <summary>The kernel buffers little of what a client does not read, and the transport little of what waits for its turn.</summary>
    public static void Apply(SocketTransportOptions options)
    {
        // Not limited by MaxRequestBufferSize: a body that comes faster than its client's pace would lie here, uncharged.
        options.MaxReadBufferSize = RequestBuffer;
        options.MaxWriteBufferSize = ResponseBuffer;
        options.CreateBoundListenSocket = Listen;
    }

    private static Socket Listen(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        if (endpoint is IPEndPoint)
        {
            socket.SendBufferSize = SocketBuffer; // Connections take it over from the socket that accepts them.
        }

        return socket;
    }
}
