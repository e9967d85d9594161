using System.Net;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Configuration;

namespace OrleansMcp.Http.Admission.Origins;

/// <summary>
/// Which web pages and which host names may reach the endpoint: the defence against DNS rebinding (2025-11-25, transports, Security
/// Warning). Loopback names are always accepted, others only as configured.
/// </summary>
internal sealed class OriginPolicy(IConfigurationSource configuration)
{
    public bool Accepts(HttpRequest request) => AcceptsHost(request.Host) && AcceptsOrigin(request.Headers.Origin.ToString(), request);

    private bool AcceptsHost(HostString host) =>
        host.HasValue && (IsLoopback(host.Host) || Contains(configuration.Current.Endpoint.AllowedHosts, host.Host));

    private bool AcceptsOrigin(string origin, HttpRequest request)
    {
        if (origin.Length == 0)
        {
            // Only browsers send an origin. A present but empty header is refused.
            return !request.Headers.ContainsKey("Origin");
        }

        return Contains(configuration.Current.Endpoint.AllowedOrigins, origin)
            || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                && uri is { PathAndQuery: "/", UserInfo: "", Fragment: "" } && IsLoopback(uri.Host));
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.AsSpan().Trim("[]"), out var address) && IPAddress.IsLoopback(address));

    private static bool Contains(IReadOnlyList<string> list, string value)
    {
        foreach (var one in list)
        {
            if (string.Equals(one, value, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
