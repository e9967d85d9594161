namespace OrleansMcp;

/// <summary>The quotas. Their numbers are stored in ledgers and sent between silos; they never change.</summary>
public enum Quota
{
    /// <summary>Tool calls a minute.</summary>
    Calls = 0,

    /// <summary>Wall time of handlers a minute, in microseconds.</summary>
    Compute = 1,

    /// <summary>Bytes of answers to requests and of their streamed messages, a minute.</summary>
    OutputBytes = 2,

    /// <summary>HTTP requests of tools a minute.</summary>
    EgressCalls = 3,

    /// <summary>Bytes of the bodies of those requests and their responses, a minute.</summary>
    EgressBytes = 4,

    /// <summary>Sessions and handles opened a minute.</summary>
    SessionsOpened = 5,

    /// <summary>Open sessions and handles.</summary>
    Sessions = 6,

    /// <summary>Concurrent tool calls, and requests for prompts, resources and completions.</summary>
    ConcurrentCalls = 7,

    /// <summary>Bytes of tool state kept.</summary>
    StateBytes = 8,

    /// <summary>Duration of one call.</summary>
    CallTimeout = 9,

    /// <summary>Tool calls of a tenant that are queued in one process.</summary>
    QueuedCalls = 10,

    /// <summary>Namespaces of records of one client.</summary>
    Namespaces = 11,

    /// <summary>Bytes that requests and their replies hold in one process at a time.</summary>
    HeldBytes = 12,

    /// <summary>Requests a minute, of every kind: messages, notifications, each element of a batch, streams, secrets.</summary>
    Requests = 13,

    /// <summary>Changes a minute that are made durable before they are answered: of state, records, subscriptions, and of sessions that open.</summary>
    Writes = 14,

    /// <summary>Streams that listen, opened with GET or <c>subscriptions/listen</c>, in one process at a time.</summary>
    ConcurrentStreams = 15,
}

/// <summary>The level that a quota limits.</summary>
public enum QuotaScope
{
    /// <summary>One session.</summary>
    Session,

    /// <summary>All sessions of one client.</summary>
    Client,

    /// <summary>All clients of one tenant.</summary>
    Tenant,

    /// <summary>All that one process serves.</summary>
    Process,
}

/// <summary>The names of quotas as clients and operators read them.</summary>
internal static class QuotaNames
{
    public static string Of(Quota quota) => quota switch
    {
        Quota.Calls => "callsPerMinute",
        Quota.Compute => "computeSecondsPerMinute",
        Quota.OutputBytes => "outputBytesPerMinute",
        Quota.EgressCalls => "egressCallsPerMinute",
        Quota.EgressBytes => "egressBytesPerMinute",
        Quota.SessionsOpened => "sessionsPerMinute",
        Quota.Sessions => "sessions",
        Quota.ConcurrentCalls => "concurrentCalls",
        Quota.StateBytes => "stateBytes",
        Quota.CallTimeout => "callTimeout",
        Quota.QueuedCalls => "maxQueuedPerTenant",
        Quota.Namespaces => "maxNamespaces",
        Quota.HeldBytes => "heldBytes",
        Quota.Requests => "requestsPerMinute",
        Quota.Writes => "writesPerMinute",
        Quota.ConcurrentStreams => "concurrentStreams",
        _ => throw new ArgumentOutOfRangeException(nameof(quota)),
    };

    public static string Of(QuotaScope scope) => scope switch
    {
        QuotaScope.Session => "session",
        QuotaScope.Client => "client",
        QuotaScope.Process => "process",
        _ => "tenant",
    };
}
