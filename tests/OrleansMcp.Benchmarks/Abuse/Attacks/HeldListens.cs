namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary><c>subscriptions/listen</c> of 2026-07-28 with a megabyte that means nothing, held open and never read.</summary>
internal sealed class HeldListens : IAttack
{
    private const int Bytes = 1_000_000;

    private byte[] _request = [];

    public string Name => "held-listens";

    public int Hands => 400;

    public Task PrepareAsync(Attacker attacker, CancellationToken cancellationToken)
    {
        _request = SessionlessRequest.Of(
            attacker.Target, "subscriptions/listen", name: null,
            $$"""
            "notifications":{"toolsListChanged":true},"pad":"{{new string('a', Bytes)}}"
            """);
        return Task.CompletedTask;
    }

    public Task AttackAsync(Attacker attacker, int hand, CancellationToken end) => HeldRequest.HoldAsync(attacker, _request, end);
}
