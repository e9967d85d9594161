using System.Net;
using System.Net.Sockets;

namespace OrleansMcp.Quotas.Egress;

/// <summary>
/// The connections of a process to the outside, pooled for all sessions: no cookies, no credentials, no proxy, no redirects, no trace
/// headers. Two separate pools, so that a connection into a private network serves only requests whose rule allows it.
/// </summary>
internal sealed class EgressConnections : IDisposable
{
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(2);

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly Lazy<HttpMessageInvoker> _public;
    private readonly Lazy<HttpMessageInvoker> _any;

    /// <param name="resolve">Resolves the addresses of a host; null for DNS.</param>
    public EgressConnections(Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        _resolve = resolve ?? Dns.GetHostAddressesAsync;
        _public = new(() => Create(onlyPublic: true));
        _any = new(() => Create(onlyPublic: false));
    }

    /// <summary>Sends a request over a connection to a public address, or to any address if <paramref name="mayBePrivate"/>.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool mayBePrivate, CancellationToken cancellationToken) =>
        (mayBePrivate ? _any : _public).Value.SendAsync(request, cancellationToken);

    public void Dispose()
    {
        foreach (var pool in new[] { _public, _any })
        {
            if (pool.IsValueCreated)
            {
                pool.Value.Dispose();
            }
        }
    }

    private HttpMessageInvoker Create(bool onlyPublic) => new(CreateHandler(onlyPublic));

    /// <summary>A handler of its own with the same rules, for connections that are not shared.</summary>
    public SocketsHttpHandler CreateHandler(bool onlyPublic) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        Credentials = null,
        PreAuthenticate = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = s_lifetime,
        ConnectTimeout = s_connect,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, onlyPublic, cancellationToken),
    };

    /// <summary>
    /// Resolves the host once, checks the addresses and connects to those: a second resolution with another answer cannot bypass the check.
    /// </summary>
    private async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool onlyPublic, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await _resolve(target.Host, cancellationToken);
        var allowed = addresses.Where(address => !onlyPublic || PublicAddress.Is(address)).ToArray();
        if (allowed.Length == 0 || allowed.Length < addresses.Length)
        {
            // A private address among public ones is taken for an attack: the host is refused.
            throw new EgressDeniedException(target.Host, "it leads to a private address, or to none.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
