namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Bodies of 4 MB, of which a part comes at once and the rest a few bytes at a time.</summary>
internal sealed class SlowBodies(string name, int hands, int ahead) : IAttack
{
    /// <summary>About the length of a body.</summary>
    public const int Whole = 4_000_000;

    private const int Piece = 16;
    private static readonly TimeSpan s_every = TimeSpan.FromMilliseconds(250);
    private static readonly string s_body = Rpc.Call("echo", $$"""{"text":"{{new string('a', Whole)}}"}""");

    private byte[] _request = [];

    public string Name => name;

    public int Hands => hands;

    public Task PrepareAsync(Attacker attacker, CancellationToken cancellationToken)
    {
        _request = attacker.Post(hand: 0, s_body);
        return Task.CompletedTask;
    }

    public async Task AttackAsync(Attacker attacker, int hand, CancellationToken end)
    {
        using var socket = await HeldSocket.OpenAsync(attacker.Target, end);
        attacker.Counts.Sent();
        var sent = _request.Length - s_body.Length + ahead;
        await socket.SendAsync(_request.AsMemory(0, sent), end);
        using var timer = new PeriodicTimer(s_every, TimeProvider.System);
        while (sent + Piece < _request.Length && !socket.HasReply && await timer.WaitForNextTickAsync(end))
        {
            await socket.SendAsync(_request.AsMemory(sent, Piece), end);
            sent += Piece;
        }

        var reply = await socket.PeekAsync(end);
        attacker.Counts.IsRefusal(reply.Status, reply.Body.Span);
    }
}
