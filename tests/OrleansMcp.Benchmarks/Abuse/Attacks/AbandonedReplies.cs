namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Small requests with large answers, whose connections are reset when the answer begins.</summary>
internal sealed class AbandonedReplies : IAttack
{
    public string Name => "abandoned-replies";

    public int Hands => 32;

    public Task PrepareAsync(Attacker attacker, CancellationToken cancellationToken) => LargeRecords.FillAsync(attacker, cancellationToken);

    public async Task AttackAsync(Attacker attacker, int hand, CancellationToken end)
    {
        using var socket = await HeldSocket.OpenAsync(attacker.Target, end);
        attacker.Counts.Sent();
        await socket.SendAsync(LargeRecords.Query(attacker, hand), end);
        var reply = await socket.PeekAsync(end);
        attacker.Counts.IsRefusal(reply.Status, reply.Body.Span);
        socket.Abort();
    }
}
