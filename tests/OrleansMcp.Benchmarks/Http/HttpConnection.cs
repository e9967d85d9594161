using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace OrleansMcp.Benchmarks.Http;

/// <summary>
/// One keep-alive connection, one request at a time, request bytes made by the caller: as little client as HTTP/1.1 allows, since it
/// shares the cores with the server it measures.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket;
    private byte[] _buffer = new byte[4096];
    private int _filled;

    private HttpConnection(Socket socket) => _socket = socket;

    public static async Task<HttpConnection> OpenAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, cancellationToken);
            return new HttpConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request and reads the whole reply. Disposing the connection ends a call that waits for ever.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<HttpReply> SendAsync(ReadOnlyMemory<byte> request)
    {
        await _socket.SendAsync(request, SocketFlags.None);
        _filled = 0;
        int head;
        while ((head = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            await FillAsync();
        }

        var status = HttpReply.Number(_buffer.AsSpan(9, 3));
        var length = HttpReply.Find(_buffer.AsSpan(0, head), "Content-Length"u8);
        var body = head + 4;
        if (!length.IsEmpty)
        {
            var end = body + HttpReply.Number(length);
            while (_filled < end)
            {
                await FillAsync();
            }

            return new HttpReply(status, _buffer.AsMemory(0, head), _buffer.AsMemory(body, end - body));
        }

        if (HttpReply.Find(_buffer.AsSpan(0, head), "Transfer-Encoding"u8).SequenceEqual("chunked"u8))
        {
            var decoded = await ReadChunksAsync(body);
            return new HttpReply(status, _buffer.AsMemory(0, head), _buffer.AsMemory(body, decoded));
        }

        return new HttpReply(status, _buffer.AsMemory(0, head), default);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Moves the chunks' content together, from <paramref name="body"/> on, and says how long it is.</summary>
    private async ValueTask<int> ReadChunksAsync(int body)
    {
        var (read, written) = (body, body);
        while (true)
        {
            int line;
            while ((line = _buffer.AsSpan(read, _filled - read).IndexOf("\r\n"u8)) < 0)
            {
                await FillAsync();
            }

            var size = HttpReply.Number(_buffer.AsSpan(read, line), 'x');
            read += line + 2;
            while (_filled < read + size + 2)
            {
                await FillAsync();
            }

            _buffer.AsSpan(read, size).CopyTo(_buffer.AsSpan(written));
            read += size + 2;
            written += size;
            if (size == 0)
            {
                return written - body;
            }
        }
    }

    private async ValueTask FillAsync()
    {
        if (_filled == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var received = await _socket.ReceiveAsync(_buffer.AsMemory(_filled), SocketFlags.None);
        _filled += received > 0 ? received : throw new IOException("The server closed the connection.");
    }
}
