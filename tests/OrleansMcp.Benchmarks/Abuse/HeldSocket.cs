using System.Net.Sockets;
using OrleansMcp.Benchmarks.Http;
using OrleansMcp.Benchmarks.Mcp;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>A connection whose owner sends and reads as it likes: slowly, in part, or not at all.</summary>
internal sealed class HeldSocket : IDisposable
{
    private const int PeekedBytes = 2048;
    private const int SmallestWindow = 4096;

    // A short reply may come in two packets.
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(20);

    private readonly Socket _socket;
    private readonly byte[] _peeked = new byte[PeekedBytes];

    private HeldSocket(Socket socket) => _socket = socket;

    /// <summary>Whether the server has closed it; a reply that was not read hides that.</summary>
    public bool IsClosed => _socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0;

    /// <summary>Whether anything came that was not read.</summary>
    public bool HasReply => _socket.Available > 0;

    public static async Task<HeldSocket> OpenAsync(Target target, CancellationToken cancellationToken)
    {
        var socket = new Socket(target.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = SmallestWindow };
        try
        {
            await socket.ConnectAsync(target.Address, cancellationToken);
            return new HeldSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
        }
    }

    /// <summary>Waits for the beginning of a reply and leaves it where it is.</summary>
    /// <exception cref="IOException">The server closed the connection instead.</exception>
    public async Task<HttpReply> PeekAsync(CancellationToken cancellationToken)
    {
        if (await _socket.ReceiveAsync(_peeked, SocketFlags.Peek, cancellationToken) == 0)
        {
            throw new IOException("The server closed the connection.");
        }

        await Task.Delay(s_rest, TimeProvider.System, cancellationToken);
        var length = await _socket.ReceiveAsync(_peeked, SocketFlags.Peek, cancellationToken);
        var status = length > 12 ? HttpReply.Number(_peeked.AsSpan(9, 3)) : 0;
        return new HttpReply(status, default, _peeked.AsMemory(0, length));
    }

    /// <summary>Waits for a reply that is short, and takes it.</summary>
    /// <exception cref="IOException">The server closed the connection instead.</exception>
    public async Task<HttpReply> ReadAsync(CancellationToken cancellationToken)
    {
        var reply = await PeekAsync(cancellationToken);
        await _socket.ReceiveAsync(_peeked.AsMemory(0, reply.Body.Length), SocketFlags.None, cancellationToken);
        return reply;
    }

    /// <summary>Closes it so that the server hears of it at once, with a reset.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();
}
