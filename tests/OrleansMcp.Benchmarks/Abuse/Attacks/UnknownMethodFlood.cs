namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Requests for methods that there are not, each of another name.</summary>
internal sealed class UnknownMethodFlood : Flood
{
    public override string Name => "unknown-methods";

    protected override Func<byte[]> Requests(Attacker attacker, int hand)
    {
        var turn = 0;
        return () => attacker.Post(hand, Rpc.Request($"unknown/{hand}-{turn++}", id: hand + 1));
    }
}
