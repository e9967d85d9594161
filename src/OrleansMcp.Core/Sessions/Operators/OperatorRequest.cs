namespace OrleansMcp.Sessions;

/// <summary>What an operator wants of a session.</summary>
public enum OperatorAction
{
    /// <summary>To see whose it is and what it may do.</summary>
    Inspect,

    /// <summary>To take permissions away: all that are not in <see cref="OperatorRequest.Permissions"/>.</summary>
    Shrink,

    /// <summary>To end it.</summary>
    End,
}

/// <summary>An operator's request to one session. The front end has verified the operator's key.</summary>
/// <param name="Operator">The operator's id, for the audit.</param>
/// <param name="Tenant">The tenant the operator named: a session of another one is not there.</param>
/// <param name="Action">What to do.</param>
/// <param name="Permissions">For <see cref="OperatorAction.Shrink"/>: what may remain, well formed.</param>
public sealed record OperatorRequest(string Operator, string Tenant, OperatorAction Action, IReadOnlyList<string>? Permissions = null);

/// <summary>What a session tells an operator.</summary>
/// <param name="Client">Whose it is; null when there is no such session.</param>
/// <param name="Subject">For whom the client acts.</param>
/// <param name="OpenedAt">UTC.</param>
/// <param name="LastActiveAt">UTC.</param>
/// <param name="Calls">Requests that run.</param>
/// <param name="Permissions">What it may do now; for <see cref="OperatorAction.Shrink"/> durably so.</param>
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
