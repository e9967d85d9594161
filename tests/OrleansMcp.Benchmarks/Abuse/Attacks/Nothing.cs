namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>No attack: what two rounds of the neighbour differ by on this machine.</summary>
internal sealed class Nothing : IAttack
{
    public string Name => "nothing";

    public int Hands => 1;

    public Task AttackAsync(Attacker attacker, int hand, CancellationToken end) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end);
}
