namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Sessions that are opened and never ended.</summary>
internal sealed class OpenedSessions : Flood
{
    public override string Name => "unended-sessions";

    protected override Func<byte[]> Requests(Attacker attacker, int hand) => Always(Mcp.Sessions.InitializeRequest(attacker.Target));
}
