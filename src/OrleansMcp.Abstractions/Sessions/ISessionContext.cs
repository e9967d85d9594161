namespace OrleansMcp;

/// <summary>
/// The session of the running call, as its tool sees it. A tool method takes it as a parameter; it cannot be reached statically, and gives
/// no access to another session.
/// </summary>
public interface ISessionContext
{
    /// <summary>The tenant of the verified caller. No argument of a call can change it.</summary>
    string Tenant { get; }

    /// <summary>The client of the verified caller.</summary>
    string Client { get; }

    /// <summary>The user or service the client acts for.</summary>
    string Subject { get; }

    /// <summary>A name of the session for logs and replies, which is neither the session id nor a credential.</summary>
    string SessionName { get; }

    /// <summary>State of this session that survives restarts.</summary>
    ISessionState State { get; }

    /// <summary>The permissions of this session.</summary>
    ISessionPermissions Permissions { get; }

    /// <summary>The secrets of this session, in memory only.</summary>
    ISessionSecrets Secrets { get; }

    /// <summary>What is left of the quotas that this call spends from.</summary>
    ISessionQuota Quota { get; }

    /// <summary>
    /// Sends HTTP requests that the client's egress rules allow, and charges them to its quotas. It stores no cookies, adds nothing of the
    /// session to requests, and cancels them when the call ends. Do not dispose it.
    /// </summary>
    /// <remarks>
    /// Requests fail with <see cref="EgressDeniedException"/> and <see cref="QuotaExceededException"/>. When the tool does not catch them,
    /// the client gets <c>egress_denied</c> or <c>quota_exceeded</c>.
    /// </remarks>
    HttpClient Http { get; }

    /// <summary>
    /// Closes the response stream of the running call; the client resumes it with <c>Last-Event-ID</c> after <paramref name="retry"/> to
    /// get the result (revision 2025-11-25; no effect for clients that cannot resume).
    /// </summary>
    void HangUp(TimeSpan retry);

    /// <summary>Notifies this session's clients that a resource they subscribed to has changed.</summary>
    Task ResourceUpdatedAsync(string uri, CancellationToken cancellationToken = default);
}

/// <summary>Named values that belong to one session. A value that an update returned is durable.</summary>
public interface ISessionState
{
    /// <summary>The last durable value, or default when the key was never set.</summary>
    T? Get<T>(string key);

    /// <summary>
    /// Replaces the value of <paramref name="key"/> by the result of <paramref name="change"/>. Updates of one session run one after the
    /// other. The new value is durable on return. When it throws, nothing was changed, unless the message says that the store did not
    /// confirm the change.
    /// </summary>
    /// <remarks>A tool should not catch the exceptions: their messages tell the client what it can do, and reveal nothing of the store.</remarks>
    /// <exception cref="ModelContextProtocol.McpException">
    /// The store did not take or confirm the value, the session's state would exceed its limit, the permission for the call was revoked, or
    /// the session has ended.
    /// </exception>
    /// <exception cref="QuotaExceededException">The client or tenant may not keep so much state.</exception>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be read or written at the moment.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the change began, or another activation owns the session.</exception>
    Task<T> UpdateAsync<T>(string key, Func<T?, T> change, CancellationToken cancellationToken = default);
}
