namespace OrleansMcp.Sessions.Yielding;

/// <summary>
/// A tenant asks a session of a client at its cap to end, so that a new session of the client can open. The session decides: one with running
/// calls never ends for this.
/// </summary>
/// <param name="Tenant">The tenant that asks. A session of another one does not answer.</param>
/// <param name="UnusedSince">It ends if it holds nothing and its last message came no later than this, UTC.</param>
/// <param name="HeldSince">It ends, although it holds something, if its last message came no later than this, UTC.</param>
public sealed record YieldRequest(string Tenant, DateTimeOffset UnusedSince, DateTimeOffset HeldSince)
{
    /// <summary>Whether nothing but the end of its time ends the session.</summary>
    public bool IsOnlyIfOverdue => UnusedSince == DateTimeOffset.MinValue;

    /// <summary>Ends the session only if its idle time or lifetime is over.</summary>
    public static YieldRequest IfOverdue(string tenant) => new(tenant, DateTimeOffset.MinValue, DateTimeOffset.MinValue);
}

/// <summary>What became of a session that was asked to yield its place.</summary>
public enum YieldOutcome
{
    /// <summary>There is no such session.</summary>
    Absent,

    /// <summary>It has ended; its place is free.</summary>
    Ended,

    /// <summary>It holds nothing, and was used more recently than the request allows.</summary>
    Unused,

    /// <summary>It holds state, secrets, or a stream that waits for a subscribed resource.</summary>
    Holding,

    /// <summary>Calls run or wait for input, or it is being opened or ended.</summary>
    InUse,
}

/// <summary>A session's answer to a <see cref="YieldRequest"/>.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="LastActiveAt">When its last message came, UTC.</param>
/// <param name="DueAt">When it ends unless a message comes before, UTC.</param>
public readonly record struct YieldReply(YieldOutcome Outcome, DateTimeOffset LastActiveAt = default, DateTimeOffset DueAt = default);
