namespace OrleansMcp.Drill.History;

/// <summary>What is known of an operation once it is over.</summary>
internal enum Outcome
{
    /// <summary>It was answered, and took effect.</summary>
    Ok,

    /// <summary>It was refused with a code, and had no effect.</summary>
    Refused,

    /// <summary>No answer, or one that says nothing: it may have taken effect, at any time after it began, or never.</summary>
    Unknown,
}

/// <summary>Who did it, when, and how it ended.</summary>
/// <param name="Who">The client, by its credential.</param>
/// <param name="Session">The drill's number of the session it was done in; 0 for none.</param>
/// <param name="Begin">The tick of the drill's one clock before it was sent. No two operations share it.</param>
/// <param name="End">The tick after the answer; <see cref="Never"/> when the outcome is unknown.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Code">Why it was refused: a code of a tool, or the HTTP status.</param>
/// <param name="At">Time since the run began, for people; checks use the ticks.</param>
internal sealed record Stamp(Party Who, int Session, long Begin, long End, Outcome Outcome, string? Code = null, TimeSpan At = default)
{
    /// <summary>The end of what has no known end.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The status that a session which is unknown, ended or another client's is answered with.</summary>
    public const string NoSession = "404";
}
