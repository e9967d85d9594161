namespace OrleansMcp.Drill.History;

/// <summary>One operation of one client, and what came of it.</summary>
internal abstract record Operation(Stamp Stamp)
{
    /// <summary>What was asked and what was answered, for people.</summary>
    public abstract string What { get; }

    /// <summary>Which row of the report counts it.</summary>
    public abstract string Area { get; }

    public Party Who => Stamp.Who;

    public bool IsOk => Stamp.Outcome == Outcome.Ok;

    public bool IsRefused => Stamp.Outcome == Outcome.Refused;

    public bool IsUnknown => Stamp.Outcome == Outcome.Unknown;

    /// <summary>Whether it was over before <paramref name="later"/> began.</summary>
    public bool Precedes(Operation later) => Stamp.End < later.Stamp.Begin;

    /// <summary>A line of a history.</summary>
    public string Line => FormattableString.Invariant(
        $"[{Stamp.Begin,6} .. {(Stamp.End == Stamp.Never ? "?" : Stamp.End),6}] {Stamp.At.TotalMilliseconds,7:0} ms  {Who} session {Stamp.Session}: {What} {Ending}");

    private string Ending => Stamp.Outcome switch
    {
        Outcome.Ok => "-> ok",
        Outcome.Refused => $"-> refused ({Stamp.Code})",
        _ => "-> unknown",
    };
}

/// <summary>The rows of the report.</summary>
internal static class Areas
{
    public const string Sessions = "sessions";
    public const string Counters = "session counters";
    public const string Secrets = "secrets";
    public const string Caches = "caches";
    public const string ToolLog = "tool log";
    public const string Records = "records";
    public const string Grants = "grants";
    public const string Attacks = "attacks";
}
