namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Small requests with large answers, whose connections stay open and are never read.</summary>
internal sealed class UnreadReplies : IAttack
{
    public string Name => "unread-replies";

    public int Hands => 400;

    public Task PrepareAsync(Attacker attacker, CancellationToken cancellationToken) => LargeRecords.FillAsync(attacker, cancellationToken);

    public Task AttackAsync(Attacker attacker, int hand, CancellationToken end) =>
        HeldRequest.HoldAsync(attacker, LargeRecords.Query(attacker, hand), end);
}
