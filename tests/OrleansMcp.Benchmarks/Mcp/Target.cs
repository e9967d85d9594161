using System.Net;
using OrleansMcp.Benchmarks.Http;

namespace OrleansMcp.Benchmarks.Mcp;

/// <summary>Where requests go, and as whom.</summary>
internal sealed record Target(IPEndPoint Address, string Path, string Key)
{
    public const string Version = "2025-11-25";

    /// <summary>The revision that its sessions have.</summary>
    public string Protocol { get; init; } = Version;

    public static async Task<Target> OfAsync(Uri url, string key, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(url.Host, cancellationToken);
        return addresses.FirstOrDefault(IPAddress.IsLoopback) is { } address && url.Scheme == Uri.UriSchemeHttp
            ? new Target(new IPEndPoint(address, url.Port), url.AbsolutePath, key)
            : throw new ArgumentException("The load generator aims at http on loopback only.", nameof(url));
    }

    public Task<HttpConnection> ConnectAsync(CancellationToken cancellationToken) => HttpConnection.OpenAsync(Address, cancellationToken);

    /// <summary>A request with the headers that a real client sends and no more.</summary>
    public byte[] Request(string method, string? session, string body = "")
    {
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{method} {Path} HTTP/1.1\r\nHost: {Address}\r\nAuthorization: Bearer {Key}\r\n");
        if (method == "POST")
        {
            text.Append("Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n");
        }

        if (session is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"Mcp-Session-Id: {session}\r\nMCP-Protocol-Version: {Protocol}\r\n");
        }

        if (method == "POST")
        {
            text.Append(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        }

        return Encoding.UTF8.GetBytes(text.Append("\r\n").Append(body).ToString());
    }
}
