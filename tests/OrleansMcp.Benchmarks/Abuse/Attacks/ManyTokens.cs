namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Pings, which no quota refuses, with an array of very many numbers in a body of nearly 4 MB.</summary>
internal sealed class ManyTokens(string name, int tokens) : Flood
{
    /// <summary>Nearly as many as a body may have by default.</summary>
    public const int Allowed = 199_000;

    public const int TooMany = 1_900_000;

    private const int Whole = 3_900_000;

    private string _parameters = "";

    public override string Name => name;

    public override int Hands => 8;

    public override Task PrepareAsync(Attacker attacker, CancellationToken cancellationToken)
    {
        var number = new string('1', (Whole / tokens) - 1);
        var numbers = string.Join(',', Enumerable.Repeat(number, tokens));
        _parameters = $$"""{"x":[{{numbers}}]}""";
        return Task.CompletedTask;
    }

    protected override Func<byte[]> Requests(Attacker attacker, int hand) => Always(attacker.Post(hand, Rpc.Request("ping", _parameters, id: hand + 1)));
}
