namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Batches, which 2025-03-26 alone has, of fifty pings and fifty notifications each.</summary>
internal sealed class BatchFlood : Flood
{
    private const int Pairs = 50;

    public override string Name => "batches";

    public override string Protocol => "2025-03-26";

    protected override Func<byte[]> Requests(Attacker attacker, int hand) => Always(attacker.Post(
        hand, $"[{string.Join(',', Enumerable.Range((hand * Pairs) + 1, Pairs).Select(Pair))}]"));

    private static string Pair(int id) =>
        Rpc.Request("ping", id: id) + "," + Rpc.Notification("notifications/progress", """{"progressToken":1,"progress":1}""");
}
