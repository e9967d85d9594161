namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>The same with handles of 2026-07-28, which are arguments of a call.</summary>
internal sealed class WrongHandles : Flood
{
    private const string Tool = "increment";

    public override string Name => "wrong-handles";

    protected override Func<byte[]> Requests(Attacker attacker, int hand)
    {
        var turn = 0;
        return () => Request(attacker, turn++ % 2 == 0 ? attacker.Foreign : ForgedId.Of(attacker.SessionOf(hand), turn));
    }

    private static byte[] Request(Attacker attacker, string handle) => SessionlessRequest.Of(
        attacker.Target, "tools/call", Tool, $$$"""
        "name":"{{{Tool}}}","arguments":{"session":"{{{handle}}}"}
        """);
}
