namespace OrleansMcp.Drill.Targets;

/// <summary>An answer.</summary>
/// <param name="Status">The HTTP status; 0 when there was no answer.</param>
/// <param name="Body">The body; of a stream of events, the message that answers the request.</param>
/// <param name="Session">The id of the session that the request opened, or null.</param>
/// <param name="RetryAfter">When to ask again, from now, if the server says so.</param>
internal sealed record DrillReply(int Status, string Body, string? Session = null, TimeSpan RetryAfter = default)
{
    /// <summary>The reply to a request whose connection broke or whose answer did not come in time.</summary>
    public static DrillReply None { get; } = new(0, "");

    /// <summary>What the progress said that came before the answer.</summary>
    public IReadOnlyList<string> Progress { get; init; } = [];
}
