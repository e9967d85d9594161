namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>A request that is sent as a whole and whose reply is not read.</summary>
internal static class HeldRequest
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    /// <summary>Sends it and holds the connection until <paramref name="end"/>, or until the request is refused or the connection closed.</summary>
    public static async Task HoldAsync(Attacker attacker, ReadOnlyMemory<byte> request, CancellationToken end)
    {
        using var socket = await HeldSocket.OpenAsync(attacker.Target, end);
        attacker.Counts.Sent();
        await socket.SendAsync(request, end);
        var reply = await socket.PeekAsync(end);
        if (attacker.Counts.IsRefusal(reply.Status, reply.Body.Span))
        {
            await Task.Delay(s_pause, TimeProvider.System, end);
            return;
        }

        while (!socket.IsClosed)
        {
            await Task.Delay(s_look, TimeProvider.System, end);
        }

        throw new IOException("The server closed the connection.");
    }
}
