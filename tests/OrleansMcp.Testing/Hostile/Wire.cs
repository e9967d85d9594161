using System.Net;
using System.Net.Sockets;

namespace OrleansMcp.Tests.Hostile;

/// <summary>Sends bytes on a connection of its own, and returns what came back.</summary>
internal static class Wire
{
    /// <summary>How long a reply, or the end of the connection, may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // A stream has no end: this much of it is enough to judge it by.
    private static readonly TimeSpan s_taste = TimeSpan.FromMilliseconds(200);

    /// <exception cref="TimeoutException">Neither a reply nor the end of the connection.</exception>
    public static async Task<HttpAnswer> SendAsync(int port, HostileRequest request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, patience.Token);
            var writing = WriteAsync(socket, request, patience.Token);
            var answer = request.Farewell == Farewell.Vanishes ? HttpAnswer.Parse([]) : await ReadAsync(socket, patience.Token);
            await writing;
            return answer;
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"No reply within {Patience.TotalSeconds} s.", e);
        }
    }

    private static async Task WriteAsync(Socket socket, HostileRequest request, CancellationToken patience)
    {
        try
        {
            for (var sent = 0; sent < request.Bytes.Length;)
            {
                sent += await socket.SendAsync(request.Bytes.AsMemory(sent), patience);
            }

            switch (request.Farewell)
            {
                case Farewell.HangsUp:
                    socket.Shutdown(SocketShutdown.Send);
                    break;
                case Farewell.Vanishes:
                    socket.Close(timeout: 0); // a reset, not an orderly end
                    break;
            }
        }
        catch (SocketException)
        {
            // The server answered, or closed, before it had read everything.
        }
    }

    private static async Task<HttpAnswer> ReadAsync(Socket socket, CancellationToken patience)
    {
        var received = new MemoryStream();
        var buffer = new byte[16 * 1024];
        CancellationTokenSource? taste = null;
        try
        {
            while (true)
            {
                int read;
                try
                {
                    read = await socket.ReceiveAsync(buffer, taste?.Token ?? patience);
                }
                catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !patience.IsCancellationRequested))
                {
                    read = 0;
                }

                received.Write(buffer, 0, read);
                var answer = received.Length < 64 * 1024 || read == 0 ? HttpAnswer.Parse(received.GetBuffer().AsSpan(0, (int)received.Length)) : null;
                if (read == 0 || answer is { IsComplete: true })
                {
                    return answer!;
                }

                if (answer is { IsStream: true } && taste is null)
                {
                    taste = CancellationTokenSource.CreateLinkedTokenSource(patience);
                    taste.CancelAfter(s_taste);
                }
            }
        }
        finally
        {
            taste?.Dispose();
        }
    }
}
