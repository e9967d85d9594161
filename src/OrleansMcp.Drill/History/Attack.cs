namespace OrleansMcp.Drill.History;

/// <summary>A client tried what it must not do.</summary>
/// <param name="Stamp">When and by which client.</param>
/// <param name="Kind">What it tried, for people.</param>
/// <param name="Target">The session or the namespace that it tried it on.</param>
/// <param name="Signal">The signal that the server must raise.</param>
/// <param name="Answer">Status and body of the answer.</param>
/// <param name="Baseline">The answer about a target that does not exist, which <paramref name="Answer"/> must equal byte for byte.</param>
internal sealed record Attack(Stamp Stamp, string Kind, string Target, string Signal, string Answer, string Baseline) : Operation(Stamp)
{
    /// <summary>The refusal of a client that attacked too often; it says nothing about the attack.</summary>
    public const string Throttled = "429";

    public override string Area => Areas.Attacks;

    public override string Description => $"{Kind} on {Target}: {Answer}{(Answer == Baseline ? "" : $" (about what never was: {Baseline})")}";
}
