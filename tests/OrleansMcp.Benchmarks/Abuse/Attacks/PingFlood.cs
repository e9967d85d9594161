namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Pings, which no quota refuses.</summary>
internal sealed class PingFlood : Flood
{
    public override string Name => "pings";

    protected override Func<byte[]> Requests(Attacker attacker, int hand) => Always(attacker.Post(hand, Rpc.Request("ping", id: hand + 1)));
}
