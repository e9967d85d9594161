namespace OrleansMcp.Drill.History;

/// <summary>One operation of one client, with its outcome.</summary>
internal abstract record Operation(Stamp Stamp)
{
    /// <summary>Request and answer in a few words, for people.</summary>
    public abstract string Description { get; }

    /// <summary>The row of the report that counts it, one of <see cref="Areas"/>.</summary>
    public abstract string Area { get; }

    public DrillClient Client => Stamp.Client;

    public bool IsOk => Stamp.Outcome == Outcome.Ok;

    public bool IsRefused => Stamp.Outcome == Outcome.Refused;

    public bool IsUnknown => Stamp.Outcome == Outcome.Unknown;

    /// <summary>Why the server did not do it, if that tells nothing of isolation; an answer that does not tell what happened is such a reason too.</summary>
    public Hindrance? Hindrance => Stamp.Hindrance ?? (IsUnknown ? new(HindranceKind.Failure, "no clear answer") : null);

    /// <summary>Whether it was over before <paramref name="later"/> began.</summary>
    public bool Precedes(Operation later) => Stamp.End < later.Stamp.Begin;

    /// <summary>A line of a history.</summary>
    public string Line => FormattableString.Invariant(
        $"[{Stamp.Begin,6} .. {(Stamp.End == Stamp.Never ? "?" : Stamp.End),6}] {Stamp.At.TotalMilliseconds,7:0} ms  {Client} session {Stamp.Session}: {Description} {Ending}");

    private string Ending => Stamp.Outcome switch
    {
        Outcome.Ok => "-> ok",
        Outcome.Refused => $"-> refused ({Stamp.Hindrance?.ToString() ?? Stamp.Code})",
        _ => $"-> unknown{(Stamp.Hindrance is { } hindrance ? $" ({hindrance})" : "")}",
    };
}
