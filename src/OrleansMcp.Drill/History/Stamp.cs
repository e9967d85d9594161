namespace OrleansMcp.Drill.History;

/// <summary>Which client did an operation, when, and with what outcome.</summary>
/// <param name="Client">The client, by its credential.</param>
/// <param name="Session">The drill's number of the session of the operation; 0 for none.</param>
/// <param name="Begin">The tick of <see cref="HistoryLog"/> before the request was sent. No two operations share it.</param>
/// <param name="End">The tick after the answer; <see cref="Never"/> when the outcome is unknown.</param>
/// <param name="Outcome">Whether the operation took effect.</param>
/// <param name="Code">Why it was refused: a code of a tool, or the HTTP status.</param>
/// <param name="At">Time since the run began, for people; checks order by the ticks.</param>
/// <param name="Hindrance">Why the server did not do it, if that tells nothing of isolation.</param>
internal sealed record Stamp(
    DrillClient Client, int Session, long Begin, long End, Outcome Outcome, string? Code = null, TimeSpan At = default, Hindrance? Hindrance = null)
{
    /// <summary>The end of an operation that has no known end.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The status of a request to a session that is unknown, ended or another client's.</summary>
    public const string NoSession = "404";
}
