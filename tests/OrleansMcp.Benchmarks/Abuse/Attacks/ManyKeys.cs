namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Calls whose arguments are one object of very many keys, in a body of nearly 4 MB.</summary>
internal sealed class ManyKeys(string name, int keys) : Flood
{
    /// <summary>Nearly as many as a body may have by default.</summary>
    public const int Allowed = 19_900;

    public const int TooMany = 300_000;

    private const int Whole = 3_900_000;

    private string _arguments = "";

    public override string Name => name;

    public override int Hands => 8;

    public override Task PrepareAsync(Attacker attacker, CancellationToken cancellationToken)
    {
        var width = (Whole / keys) - 5; // quotes, colon, value, comma
        var members = string.Join(',', Enumerable.Range(0, keys).Select(key => $"\"{key.ToString(CultureInfo.InvariantCulture).PadLeft(width, 'k')}\":0"));
        _arguments = $$"""{"text":"x",{{members}}}""";
        return Task.CompletedTask;
    }

    protected override Func<byte[]> Requests(Attacker attacker, int hand) => Always(attacker.Post(hand, Rpc.Call("echo", _arguments, id: hand + 1)));
}
