using System.Buffers.Binary;
using System.Net.Sockets;

namespace OrleansMcp.Benchmarks.Servers;

/// <summary>
/// Makes another .NET process collect its garbage, through its diagnostics socket: a trace session with the keyword GCHeapCollect begins
/// with a full blocking collection. An idle process never collects by itself, so without it resident memory says as much about garbage
/// left from opening sessions as about what the sessions hold.
/// </summary>
internal static class InducedCollection
{
    private const byte EventPipe = 2;
    private const byte StopTracing = 1;
    private const byte CollectTracing2 = 3;
    private const ulong GcHeapCollect = 0x800000;
    private const int HeaderLength = 20;
    private const int SessionIdLength = 8;

    private static readonly TimeSpan s_collecting = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(int pid, CancellationToken cancellationToken)
    {
        using var trace = await ConnectAsync(pid, cancellationToken);
        var id = await AskAsync(trace, CollectTracing2, TraceRequest(), cancellationToken);
        var draining = DrainAsync(trace, cancellationToken);
        await Task.Delay(s_collecting, TimeProvider.System, cancellationToken);
        using (var stop = await ConnectAsync(pid, cancellationToken))
        {
            await AskAsync(stop, StopTracing, id, cancellationToken);
        }

        await draining;
    }

    private static byte[] TraceRequest()
    {
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload, Encoding.Unicode);
        writer.Write(1u); // buffer, MiB
        writer.Write(1u); // format nettrace
        writer.Write(false); // no rundown
        writer.Write(1u); // one provider
        writer.Write(GcHeapCollect);
        writer.Write(4u); // informational
        WriteText(writer, "Microsoft-Windows-DotNETRuntime");
        WriteText(writer, "");
        writer.Flush();
        return payload.ToArray();
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write((uint)text.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(text + "\0"));
    }

    private static async Task<Socket> ConnectAsync(int pid, CancellationToken cancellationToken)
    {
        var path = Directory.EnumerateFiles(Path.GetTempPath(), $"dotnet-diagnostic-{pid}-*-socket").First();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        return socket;
    }

    /// <summary>Sends a command and returns the session id of the answer.</summary>
    private static async Task<byte[]> AskAsync(Socket socket, byte command, byte[] payload, CancellationToken cancellationToken)
    {
        var message = new byte[HeaderLength + payload.Length];
        "DOTNET_IPC_V1\0"u8.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        (message[16], message[17]) = (EventPipe, command);
        payload.CopyTo(message, HeaderLength);
        await socket.SendAsync(message, cancellationToken);

        using var stream = new NetworkStream(socket, ownsSocket: false);
        var answer = new byte[HeaderLength + SessionIdLength];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        return answer[17] == 0 ? answer[HeaderLength..] : throw new IOException("The diagnostics socket refused the command.");
    }

    private static async Task DrainAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer, cancellationToken) > 0)
        {
        }
    }
}
