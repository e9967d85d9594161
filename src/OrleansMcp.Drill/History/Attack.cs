namespace OrleansMcp.Drill.History;

/// <summary>A client tried what it must not.</summary>
/// <param name="Stamp">When and by whom.</param>
/// <param name="Kind">What it tried, for people.</param>
/// <param name="Target">On whom or what.</param>
/// <param name="Signal">The signal that the server must raise.</param>
/// <param name="Answer">Status and body of the answer.</param>
/// <param name="Measure">The answer about what never was, which it must equal byte for byte.</param>
internal sealed record Attack(Stamp Stamp, string Kind, string Target, string Signal, string Answer, string Measure) : Operation(Stamp)
{
    /// <summary>The refusal of a client that attacked too often; says nothing about the attack.</summary>
    public const string Throttled = "429";

    public override string Area => Areas.Attacks;

    public override string What => $"{Kind} on {Target}: {Answer}{(Answer == Measure ? "" : $" (about what never was: {Measure})")}";
}
