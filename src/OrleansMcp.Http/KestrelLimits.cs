using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrleansMcp.Configuration;

namespace OrleansMcp.Http;

/// <summary>Limits what one connection may cost before its caller is authenticated.</summary>
public static class KestrelLimits
{
    /// <summary>Sets the limits on bodies, headers and slow clients.</summary>
    public static void Apply(KestrelServerOptions options, EndpointConfiguration endpoint)
    {
        options.AddServerHeader = false;
        options.AllowSynchronousIO = false;
        var limits = options.Limits;
        limits.MaxRequestBodySize = endpoint.MaxBodyBytes;
        limits.MaxRequestHeadersTotalSize = 32 * 1024;
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestLineSize = 4 * 1024;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(10));
        limits.Http2.MaxStreamsPerConnection = 100;
    }
}
