namespace OrleansMcp.Drill.History;

/// <summary>A client opened a session; its number is the stamp's.</summary>
internal sealed record SessionOpening(Stamp Stamp) : Operation(Stamp)
{
    public override string Area => Areas.Sessions;

    public override string Description => "open";
}

/// <summary>A session was ended by its owner.</summary>
internal sealed record SessionEnding(Stamp Stamp) : Operation(Stamp)
{
    public override string Area => Areas.Sessions;

    public override string Description => "end";
}

/// <summary>A client asked a session which client owns it.</summary>
/// <param name="Stamp">When and by which client.</param>
/// <param name="Owner">The owner that the server named; null when it named none.</param>
internal sealed record IdentityQuery(Stamp Stamp, DrillClient? Owner) : Operation(Stamp)
{
    public override string Area => Areas.Sessions;

    public override string Description => $"whoami: {Owner}";
}

/// <summary>A client raised the session's own counter.</summary>
/// <param name="Stamp">When and by which client.</param>
/// <param name="By">By how much, 0 or more.</param>
/// <param name="Value">The counter after it, as the server answered.</param>
internal sealed record CounterIncrement(Stamp Stamp, long By, long Value) : Operation(Stamp)
{
    public override string Area => Areas.Counters;

    public override string Description => $"increment by {By}: {Value}";
}
