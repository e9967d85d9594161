namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Requests at the URLs of secrets: to read one, which nobody can, and to delete one that there is not.</summary>
internal sealed class SecretFlood : Flood
{
    public override string Name => "secrets";

    protected override Func<byte[]> Requests(Attacker attacker, int hand)
    {
        var secrets = attacker.Target with { Path = attacker.Target.Path + "/secrets/none" };
        var (read, delete) = (secrets.Request("GET", attacker.SessionOf(hand)), secrets.Request("DELETE", attacker.SessionOf(hand)));
        var turn = 0;
        return () => turn++ % 2 == 0 ? read : delete;
    }
}
