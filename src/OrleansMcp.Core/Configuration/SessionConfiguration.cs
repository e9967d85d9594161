namespace OrleansMcp.Configuration;

/// <summary>What happens when a client has as many sessions as it may, and opens another one.</summary>
public enum OnSessionCap
{
    /// <summary>
    /// The client's session that was used the longest time ago ends, if it has no calls, no state, no secrets and no stream that waits for a
    /// subscribed resource; if all have, the one without a message for the longest time, at least five minutes.
    /// </summary>
    MakeRoom,

    /// <summary>The new one is refused until another one has ended.</summary>
    Refuse,
}

/// <summary>What happens to a request that belongs into a session and names none.</summary>
public enum OnMissingSessionId
{
    /// <summary>The caller's own actor serves it, as it serves the requests of the revision without sessions.</summary>
    Serve,

    /// <summary>400 (2025-11-25, transports, Session Management).</summary>
    Refuse,
}

/// <summary>How long sessions live and how much they may hold.</summary>
public sealed record SessionConfiguration
{
    /// <summary>
    /// What happens to a request of a revision with sessions that has no <c>Mcp-Session-Id</c>: some clients never send it. Default: it is served.
    /// </summary>
    public OnMissingSessionId WithoutId { get; init; }

    /// <summary>A session without a message for this long ends. Default 30 min.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>When the time of a session is over unless a message comes before, UTC.</summary>
    /// <param name="lastActive">When its last message came, UTC.</param>
    /// <param name="expires">Its absolute end, UTC.</param>
    public DateTimeOffset DueAt(DateTimeOffset lastActive, DateTimeOffset expires)
    {
        var idle = lastActive + IdleTimeout;
        return idle < expires ? idle : expires;
    }

    /// <summary>
    /// What happens when a client with as many sessions as it may opens another one. Default: one of its own makes room. Tenants and clients may
    /// have their own (<see cref="QuotaConfiguration.OnCap"/>).
    /// </summary>
    public OnSessionCap OnCap { get; init; } = OnSessionCap.MakeRoom;

    /// <summary>A session ends this long after it was opened. Default 24 h.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>An idle session leaves memory after this long and returns on its next message. Default 2 min.</summary>
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Events held for <c>Last-Event-ID</c>, per session. Default 256.</summary>
    public int MaxBufferedEvents { get; init; } = 256;

    /// <summary>Bytes of events held, per session. Default 1 MiB.</summary>
    public int MaxBufferedBytes { get; init; } = 1024 * 1024;

    /// <summary>Requests running at a time, per session; each may hold a stream open. Default 256.</summary>
    public int MaxConcurrentRequests { get; init; } = 256;

    /// <summary>The most that <see cref="MaxStateBytes"/> may be: what stores hold of a record, less its other fields.</summary>
    internal const int MostStateBytes = 768 * 1024;

    /// <summary>Bytes of tool state, per session. Default 256 KiB.</summary>
    public int MaxStateBytes { get; init; } = 256 * 1024;

    /// <summary>Secrets held at a time, per session, in memory. Default 16.</summary>
    public int MaxSecrets { get; init; } = 16;

    /// <summary>Bytes of one secret. Default 64 KiB.</summary>
    public int MaxSecretBytes { get; init; } = 64 * 1024;

    /// <summary>How long a request for the client's input (elicitation, sampling, roots) waits. Default 10 min.</summary>
    public TimeSpan InputTimeout { get; init; } = TimeSpan.FromMinutes(10);
}
