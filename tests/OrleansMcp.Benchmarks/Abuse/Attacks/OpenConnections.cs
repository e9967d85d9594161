using System.Net.Sockets;

namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>As many connections as a process may have, idle; a connection that the server closes is opened again.</summary>
internal sealed class OpenConnections(string name, bool withRequest) : IAttack
{
    private const int AllHands = 50;
    private const int AtOnce = 20;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    private static readonly int s_perHand = OpenFiles.ForConnections / AllHands;

    public string Name => name;

    public int Hands => AllHands;

    public async Task AttackAsync(Attacker attacker, int hand, CancellationToken end)
    {
        var (sockets, ping) = (new List<HeldSocket>(), attacker.Post(hand, Rpc.Request("ping", id: hand + 1)));
        try
        {
            while (!end.IsCancellationRequested)
            {
                for (var i = 0; i < AtOnce && sockets.Count < s_perHand; i++)
                {
                    sockets.Add(await HeldSocket.OpenAsync(attacker.Target, end));
                    attacker.Counts.Sent();
                    await (withRequest ? PingAsync(attacker, sockets[^1], ping, end) : Task.CompletedTask);
                }

                Sweep(attacker, sockets);
                await Task.Delay(sockets.Count < s_perHand ? TimeSpan.Zero : s_look, TimeProvider.System, end);
            }
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task PingAsync(Attacker attacker, HeldSocket socket, byte[] ping, CancellationToken end)
    {
        try
        {
            await socket.SendAsync(ping, end);
            var reply = await socket.ReadAsync(end);
            attacker.Counts.IsRefusal(reply.Status, reply.Body.Span);
        }
        catch (Exception e) when (e is IOException or SocketException && !end.IsCancellationRequested)
        {
            // Closed by the server: swept with the others.
        }
    }

    private static void Sweep(Attacker attacker, List<HeldSocket> sockets)
    {
        foreach (var socket in sockets.Where(socket => socket.IsClosed).ToList())
        {
            attacker.Counts.Closed();
            sockets.Remove(socket);
            socket.Dispose();
        }
    }
}
