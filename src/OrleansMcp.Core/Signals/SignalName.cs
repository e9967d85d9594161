namespace OrleansMcp.Signals;

/// <summary>The detection signals, one name for metric, log event and audit entry (seeds 000 and 001).</summary>
public static class SignalName
{
    /// <summary>A valid credential was used on another client's session of the same tenant. Expected: zero.</summary>
    public const string CrossSessionAttempt = "cross_session_attempt";

    /// <summary>A valid credential was used on another tenant's session. Expected: zero.</summary>
    public const string CrossTenantAttempt = "cross_tenant_attempt";

    /// <summary>A request showed one client's certificate and another client's credential. Expected: zero.</summary>
    public const string CredentialMismatch = "credential_mismatch";

    /// <summary>A session id or handle that this server never issued.</summary>
    public const string ForgedSessionId = "forged_session_id";

    /// <summary>A request was not permitted to its session. A sustained rise for one client is a probe.</summary>
    public const string PermissionDenied = "permission_denied";

    /// <summary>An operator looked at a session, took permissions away from it, or ended it.</summary>
    public const string OperatorAction = "operator_action";

    /// <summary>A call was over one of its quotas.</summary>
    public const string QuotaExceeded = "quota_exceeded";

    /// <summary>A tool call was denied by a policy.</summary>
    public const string PolicyDenied = "policy_denied";

    /// <summary>A request came from a web origin or for a host name that is not allowed.</summary>
    public const string OriginRejected = "origin_rejected";

    /// <summary>A session ended.</summary>
    public const string SessionEnded = "session_ended";

    /// <summary>A write was attempted on another client's records without a grant. Expected: zero.</summary>
    public const string CrossNamespaceWrite = "cross_namespace_write";

    /// <summary>A read was attempted of another client's records without a grant. Expected: zero.</summary>
    public const string CrossNamespaceRead = "cross_namespace_read";

    /// <summary>A write was admitted under a grant that ended before the write was applied, and was refused.</summary>
    public const string OverlappingWrite = "overlapping_write";

    /// <summary>A commit rested on versions that are not current any more, and was refused. Routine among clients that share records.</summary>
    public const string StaleRead = "stale_read";

    /// <summary>A write that does not satisfy the schema of its namespace was refused: what a client takes for a record, others would misread.</summary>
    public const string SchemaMismatch = "schema_mismatch";

    /// <summary>A client was denied more often within a window than a mistake explains.</summary>
    public const string PermissionProbing = "permission_probing";

    /// <summary>One tenant's errors rose and fell with another tenant's writes.</summary>
    public const string NoisyNeighbour = "noisy_neighbour";

    /// <summary>A stored record's owner or author does not match its key or its transaction; it was refused. Expected: zero.</summary>
    public const string ModifierMismatch = "modifier_mismatch";

    /// <summary>
    /// A tool of another server is defined otherwise than when it was approved; it is withheld until an operator approves it again. Once for each definition.
    /// </summary>
    public const string ToolDefinitionChanged = "tool_definition_changed";
}
