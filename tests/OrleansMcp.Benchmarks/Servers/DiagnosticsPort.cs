using System.Buffers.Binary;
using System.Net.Sockets;

namespace OrleansMcp.Benchmarks.Servers;

/// <summary>What a trace session is to carry: a provider of events, keywords and an argument.</summary>
internal readonly record struct TraceProvider(string Name, ulong Keywords, string Argument = "");

/// <summary>
/// The diagnostics socket that every .NET process listens on, as far as it is needed here: a trace session of one provider for a while
/// (dotnet/diagnostics, ipc-protocol).
/// </summary>
internal static class DiagnosticsPort
{
    private const byte EventPipe = 2;
    private const byte StopTracing = 1;
    private const byte CollectTracing2 = 3;
    private const uint BufferMegabytes = 1;
    private const uint FormatNetTrace = 1;
    private const uint LevelInformational = 4;
    private const int HeaderLength = 20;
    private const int SessionIdLength = 8;

    /// <summary>Traces for <paramref name="length"/> and returns the stream as it came.</summary>
    public static async Task<byte[]> TraceAsync(int pid, TraceProvider provider, TimeSpan length, CancellationToken cancellationToken)
    {
        using var trace = await ConnectAsync(pid, cancellationToken);
        var id = await AskAsync(trace, CollectTracing2, Request(provider), cancellationToken);
        var draining = DrainAsync(trace, cancellationToken);
        await Task.Delay(length, TimeProvider.System, cancellationToken);
        using (var stop = await ConnectAsync(pid, cancellationToken))
        {
            await AskAsync(stop, StopTracing, id, cancellationToken);
        }

        return await draining;
    }

    private static byte[] Request(TraceProvider provider)
    {
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload, Encoding.Unicode);
        writer.Write(BufferMegabytes);
        writer.Write(FormatNetTrace);
        writer.Write(false); // no rundown
        writer.Write(1u); // one provider
        writer.Write(provider.Keywords);
        writer.Write(LevelInformational);
        WriteText(writer, provider.Name);
        WriteText(writer, provider.Argument);
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
        // The newest: a process that was killed leaves its own behind, and its number goes to another one some day.
        var path = Directory.EnumerateFiles(Path.GetTempPath(), $"dotnet-diagnostic-{pid}-*-socket").MaxBy(File.GetLastWriteTimeUtc)
            ?? throw new IOException($"Process {pid} has no diagnostics socket.");
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

        await using var stream = new NetworkStream(socket, ownsSocket: false);
        var answer = new byte[HeaderLength + SessionIdLength];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        return answer[17] == 0 ? answer[HeaderLength..] : throw new IOException("The diagnostics socket refused the command.");
    }

    private static async Task<byte[]> DrainAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await stream.CopyToAsync(all, cancellationToken);
        return all.ToArray();
    }
}
