namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Bodies of 1 KB that are not JSON at their very end.</summary>
internal sealed class MalformedFlood : Flood
{
    private const int Length = 1000;

    public override string Name => "malformed-json";

    protected override Func<byte[]> Requests(Attacker attacker, int hand) => Always(attacker.Post(
        hand, Rpc.Request("ping", $$"""{"x":"{{new string('a', Length)}}"}""")[..^1] + "]"));
}
