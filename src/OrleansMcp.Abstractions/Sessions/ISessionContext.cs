namespace OrleansMcp;

/// <summary>
/// What a tool sees of the session it runs in. Ask for it as a parameter of a tool method; there is no ambient way to it, and none
/// to another session's.
/// </summary>
public interface ISessionContext
{
    /// <summary>The tenant of the verified caller. Arguments that are named like tenants are just arguments.</summary>
    string Tenant { get; }

    /// <summary>The client of the verified caller.</summary>
    string Client { get; }

    /// <summary>The user or service the client acts for.</summary>
    string Subject { get; }

    /// <summary>A name of the session for logs and replies. Not the session id, and no credential.</summary>
    string SessionName { get; }

    /// <summary>State of this session that survives restarts.</summary>
    ISessionState State { get; }

    /// <summary>What this session may do.</summary>
    ISessionPermissions Permissions { get; }

    /// <summary>Secrets of this session: in memory only, and gone with it.</summary>
    ISessionSecrets Secrets { get; }

    /// <summary>What is left of the quotas that this call spends from.</summary>
    ISessionQuota Quota { get; }

    /// <summary>
    /// The way out: sends HTTP requests where the client's egress rules let them go, counted against its quotas. It keeps no cookies, carries
    /// nothing of the session, and ends with the call. Do not dispose of it.
    /// </summary>
    /// <remarks>
    /// Requests fail with <see cref="EgressDeniedException"/> and <see cref="QuotaExceededException"/>; a tool
    /// that lets them pass answers its client with <c>egress_denied</c> and <c>quota_exceeded</c>.
    /// </remarks>
    HttpClient Http { get; }

    /// <summary>
    /// Ends the response stream of the running call on the server's side and lets the client come back for the result with
    /// <c>Last-Event-ID</c> after <paramref name="retry"/> (revision 2025-11-25; no effect for clients that cannot resume).
    /// </summary>
    void HangUp(TimeSpan retry);

    /// <summary>Tells this session's clients that a resource they subscribed to has changed.</summary>
    Task ResourceUpdatedAsync(string uri, CancellationToken cancellationToken = default);
}

/// <summary>Named values that belong to one session. A value that an update returned is durable.</summary>
public interface ISessionState
{
    /// <summary>The last durable value, or default when the key was never set.</summary>
    T? Get<T>(string key);

    /// <summary>
    /// Replaces the value of <paramref name="key"/> by what <paramref name="change"/> makes of it. Updates of one session happen one
    /// after the other; when the task completes the new value is durable, when it throws it never happened.
    /// </summary>
    /// <remarks>Let the exceptions pass: the client is told what it can do, and nothing of the store.</remarks>
    /// <exception cref="ModelContextProtocol.McpException">
    /// The store did not take the value, the session's state would exceed its limit, the permission for the call was taken away, or the
    /// session has ended.
    /// </exception>
    /// <exception cref="QuotaExceededException">The client or tenant may not keep so much state.</exception>
    /// <exception cref="QuotaUnavailableException">Whether it may cannot be found out at the moment.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the change began, or the session is served by another machine.</exception>
    Task<T> UpdateAsync<T>(string key, Func<T?, T> change, CancellationToken cancellationToken = default);
}
