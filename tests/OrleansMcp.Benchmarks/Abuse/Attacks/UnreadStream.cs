using System.Net.Sockets;

namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>A stream of a session, opened with GET and never read; opened again when the server refuses or closes it.</summary>
internal static class UnreadStream
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    public static async Task HoldAsync(Attacker attacker, string session, CancellationToken end)
    {
        var request = Request(attacker, session);
        while (!end.IsCancellationRequested)
        {
            try
            {
                await HeldRequest.HoldAsync(attacker, request, end);
            }
            catch (Exception e) when (e is IOException or SocketException && !end.IsCancellationRequested)
            {
                attacker.Counts.Closed();
                await Task.Delay(s_pause, TimeProvider.System, end);
            }
        }
    }

    private static byte[] Request(Attacker attacker, string session)
    {
        var target = attacker.Target;
        return Encoding.ASCII.GetBytes(
            $"GET {target.Path} HTTP/1.1\r\nHost: {target.Address}\r\nAuthorization: Bearer {target.Key}\r\nAccept: text/event-stream\r\n"
            + $"Mcp-Session-Id: {session}\r\nMCP-Protocol-Version: {target.Protocol}\r\n\r\n");
    }
}
