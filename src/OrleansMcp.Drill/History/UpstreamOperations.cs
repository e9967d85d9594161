namespace OrleansMcp.Drill.History;

/// <summary>A client called a tool of another server, through the session.</summary>
/// <param name="Stamp">When and by which client.</param>
/// <param name="AnsweredBy">The session of the other server that answered, by the name which that gives it; null when none did.</param>
internal abstract record UpstreamCall(Stamp Stamp, string? AnsweredBy) : Operation(Stamp)
{
    public override string Area => Areas.Upstream;
}

/// <summary>A client had a text echoed.</summary>
/// <param name="Stamp">When and by which client.</param>
/// <param name="AnsweredBy">See <see cref="UpstreamCall"/>.</param>
/// <param name="Text">The text, which no other call has.</param>
/// <param name="ReplyText">The text that came back; null when none did.</param>
/// <param name="Progress">What the progress of the call said: the text too.</param>
internal sealed record UpstreamEcho(Stamp Stamp, string? AnsweredBy, string Text, string? ReplyText, IReadOnlyList<string> Progress) : UpstreamCall(Stamp, AnsweredBy)
{
    public override string Description =>
        $"echo of {Text} at another server: {ReplyText}{string.Concat(Progress.Select(text => $", progress {text}"))}, by its session {AnsweredBy}";
}

/// <summary>A client made a call that the session of the other server counts.</summary>
/// <param name="Stamp">When and by which client.</param>
/// <param name="AnsweredBy">See <see cref="UpstreamCall"/>.</param>
/// <param name="Count">How many such calls that session has had, this one included; 0 when there was no answer.</param>
internal sealed record UpstreamCount(Stamp Stamp, string? AnsweredBy, long Count) : UpstreamCall(Stamp, AnsweredBy)
{
    public override string Description => $"count at another server: {Count}, by its session {AnsweredBy}";
}
