namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Calls on sessions that are not the attacker's: ids that were never issued, and that of the neighbour.</summary>
internal sealed class WrongSessions : Flood
{
    private static readonly string s_call = Rpc.Call("echo", """{"text":"x"}""");

    public override string Name => "wrong-sessions";

    protected override Func<byte[]> Requests(Attacker attacker, int hand)
    {
        var foreign = attacker.Target.Request("POST", attacker.Foreign, s_call);
        var turn = 0;
        return () => turn++ % 2 == 0 ? foreign : attacker.Target.Request("POST", ForgedId.Of(attacker.SessionOf(hand), turn), s_call);
    }
}
