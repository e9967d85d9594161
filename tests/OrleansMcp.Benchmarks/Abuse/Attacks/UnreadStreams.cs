using OrleansMcp.Benchmarks.Http;

namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Streams of many sessions that are never read while notifications go to them: each session watches its counter and counts.</summary>
internal sealed class UnreadStreams : IAttack
{
    private const int PerSession = 4;
    private static readonly TimeSpan s_every = TimeSpan.FromMilliseconds(250);

    public string Name => "unread-streams";

    public int Hands => 80;

    public async Task AttackAsync(Attacker attacker, int hand, CancellationToken end)
    {
        using var connection = await attacker.Target.ConnectAsync(end);
        await using var hangUp = end.Register(connection.Dispose);
        var reply = await SendAsync(attacker, connection, Mcp.Sessions.InitializeRequest(attacker.Target));
        if (reply.Status != 200)
        {
            await Task.Delay(s_every, TimeProvider.System, end);
            return;
        }

        var session = Mcp.Sessions.ReadId(attacker.Target, reply);
        await SendAsync(attacker, connection, Mcp.Sessions.InitializedRequest(attacker.Target, session));
        var streams = Enumerable.Range(0, PerSession).Select(_ => UnreadStream.HoldAsync(attacker, session, end)).ToList();
        await CountAsync(attacker, connection, session, end);
        await Task.WhenAll(streams);
    }

    private static async Task CountAsync(Attacker attacker, HttpConnection connection, string session, CancellationToken end)
    {
        await SendAsync(attacker, connection, Post(Rpc.Request("resources/subscribe", """{"uri":"demo://session/counter"}""")));
        var count = Post(Rpc.Call("increment", "{}"));
        using var timer = new PeriodicTimer(s_every, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(end))
        {
            await SendAsync(attacker, connection, count);
        }

        byte[] Post(string body) => attacker.Target.Request("POST", session, body);
    }

    private static async Task<HttpReply> SendAsync(Attacker attacker, HttpConnection connection, byte[] request)
    {
        attacker.Counts.Sent();
        var reply = await connection.SendAsync(request);
        attacker.Counts.IsRefusal(reply);
        return reply;
    }
}
