namespace OrleansMcp.Sessions;

/// <summary>What an operator does to a session.</summary>
public enum OperatorAction
{
    /// <summary>Shows its owner and permissions.</summary>
    Inspect,

    /// <summary>Revokes all permissions that are not in <see cref="OperatorRequest.Permissions"/>.</summary>
    Shrink,

    /// <summary>Ends it.</summary>
    End,
}

/// <summary>An operator's request to one session. The front end has verified the operator's key.</summary>
/// <param name="Operator">The operator's id, for the audit.</param>
/// <param name="Tenant">The tenant that the operator named. A session of another tenant is not found.</param>
/// <param name="Action">What to do.</param>
/// <param name="Permissions">For <see cref="OperatorAction.Shrink"/>: the permissions that may remain, well formed.</param>
public sealed record OperatorRequest(string Operator, string Tenant, OperatorAction Action, IReadOnlyList<string>? Permissions = null);

/// <summary>A session's reply to an operator.</summary>
/// <param name="Client">The owner's client; null when there is no such session.</param>
/// <param name="Subject">The owner's subject.</param>
/// <param name="OpenedAt">UTC.</param>
/// <param name="LastActiveAt">UTC.</param>
/// <param name="Calls">The number of requests that run or wait for input.</param>
/// <param name="Permissions">The session's permissions; for <see cref="OperatorAction.Shrink"/> they are durable.</param>
/// <param name="Receipt">The end's receipt, for <see cref="OperatorAction.End"/>.</param>
public sealed record OperatorReply(
    string? Client, string Subject, DateTimeOffset OpenedAt, DateTimeOffset LastActiveAt, int Calls, IReadOnlyList<string> Permissions,
    SessionReceipt? Receipt = null)
{
    /// <summary>There is no such session.</summary>
    public static OperatorReply NotFound { get; } = new(null, "", default, default, 0, []);

    /// <summary>Whether there is such a session.</summary>
    public bool IsFound => Client is not null;
}
