namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Calls of a tool that waits, each with arguments of a megabyte that stay until it returns.</summary>
internal sealed class HeldArguments : IAttack
{
    private const int Bytes = 1_000_000;

    public string Name => "held-arguments";

    public int Hands => 256;

    public Task AttackAsync(Attacker attacker, int hand, CancellationToken end)
    {
        // A session takes an id once at a time, so hands that share one have ids of their own.
        var body = Rpc.Call("slow", $$"""{"ms":600000,"pad":"{{new string('a', Bytes)}}"}""", id: hand + 1);
        return HeldRequest.HoldAsync(attacker, attacker.Post(hand, body), end);
    }
}
