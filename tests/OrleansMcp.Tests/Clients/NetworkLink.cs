using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Clients;

/// <summary>The network between a client and a server, which a test can cut: a port of its own that passes connections on.</summary>
internal sealed class NetworkLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, FreePort.Next());
    private readonly Uri _server;
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly Task _accepting;
    private volatile bool _isCut;
    private TaskCompletionSource _open = Opened();

    public NetworkLink(Uri server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The server's address, as seen from this side.</summary>
    public Uri Url => new UriBuilder(_server) { Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;

    /// <summary>Breaks all connections, and each that is made from now on.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var socket in _sockets.Keys)
        {
            socket.Dispose();
        }
    }

    /// <summary>Lets new connections through.</summary>
    public void Mend() => _isCut = false;

    /// <summary>Lets new connections wait, as some proxies do.</summary>
    public void Hold() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets connections through that waited.</summary>
    public void Release() => _open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        Release();
        await _accepting;
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return; // Stopped.
            }

            _ = PassOnAsync(client);
        }
    }

    private async Task PassOnAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            _sockets[client] = _sockets[server] = 0;
            try
            {
                await _open.Task;
                if (!_isCut)
                {
                    client.NoDelay = true;
                    await server.ConnectAsync(IPAddress.Loopback, _server.Port);
                    await using var near = new NetworkStream(client);
                    await using var far = new NetworkStream(server);
                    await await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near));
                }
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // One of the two has left, which the other now sees.
            }
            finally
            {
                _sockets.TryRemove(client, out _);
                _sockets.TryRemove(server, out _);
            }
        }
    }
}
