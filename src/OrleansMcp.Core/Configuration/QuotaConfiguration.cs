using OrleansMcp.Quotas;

namespace OrleansMcp.Configuration;

/// <summary>
/// What may be used at most. Windows are the minutes of the clock (UTC). The defaults are those of a client; tenants and single sessions
/// have no limits but those that are configured (<see cref="None"/>).
/// </summary>
public sealed record QuotaConfiguration
{
    /// <summary>No limit.</summary>
    public const long Unlimited = long.MaxValue;

    private const long Microseconds = 1_000_000;
    private const long LeastSessionsPerMinute = 60;
    private const long SessionsPerMinuteFactor = 10;

    /// <summary>No limits at all.</summary>
    public static QuotaConfiguration None { get; } = new()
    {
        Sessions = Unlimited, SessionsPerMinute = Unlimited, CallsPerMinute = Unlimited, ConcurrentCalls = Unlimited,
        ComputeSecondsPerMinute = Unlimited, StateBytes = Unlimited, OutputBytesPerMinute = Unlimited, EgressCallsPerMinute = Unlimited,
        EgressBytesPerMinute = Unlimited, CallTimeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Open sessions and handles at a time. Default 100.</summary>
    public long Sessions { get; init; } = 100;

    /// <summary>Sessions and handles opened a minute. Default: ten times <see cref="Sessions"/>, at least 60.</summary>
    public long SessionsPerMinute
    {
        get => field >= 0 ? field
            : Sessions >= Unlimited / SessionsPerMinuteFactor ? Unlimited
            : Math.Max(LeastSessionsPerMinute, SessionsPerMinuteFactor * Sessions);
        init;
    } = -1;

    /// <summary>Tool calls a minute. Default 600.</summary>
    public long CallsPerMinute { get; init; } = 600;

    /// <summary>Tool calls running at a time. Default 256.</summary>
    public long ConcurrentCalls { get; init; } = 256;

    /// <summary>
    /// Seconds that handlers may take a minute, added up over all calls. Wall time, not CPU time: what a tool waits for counts, save its
    /// user's input. Default: no limit.
    /// </summary>
    public long ComputeSecondsPerMinute { get; init; } = Unlimited;

    /// <summary>Bytes of tool state, over all sessions. Default 64 MiB.</summary>
    public long StateBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of answers to tool calls a minute, with what they stream. Default: no limit.</summary>
    public long OutputBytesPerMinute { get; init; } = Unlimited;

    /// <summary>HTTP requests of tools a minute. Default 600.</summary>
    public long EgressCallsPerMinute { get; init; } = 600;

    /// <summary>Bytes of bodies that tools send and receive a minute. Default 100 MiB.</summary>
    public long EgressBytesPerMinute { get; init; } = 100 * 1024 * 1024;

    /// <summary>
    /// Bytes that requests and their replies hold in one process at a time. Null: of a tenant half of what the process may hold
    /// (<see cref="MemoryConfiguration.HeldBytes"/>), of a client a quarter of it.
    /// </summary>
    public long? HeldBytes { get; init; }

    /// <summary>How long a tool call may take, its user's input not counted. Default 1 h.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The limit in the unit of the ledgers: compute in microseconds.</summary>
    internal long Of(Quota quota) => quota switch
    {
        Quota.Calls => CallsPerMinute,
        Quota.Compute => ComputeSecondsPerMinute >= Unlimited / Microseconds ? Unlimited : ComputeSecondsPerMinute * Microseconds,
        Quota.OutputBytes => OutputBytesPerMinute,
        Quota.EgressCalls => EgressCallsPerMinute,
        Quota.EgressBytes => EgressBytesPerMinute,
        Quota.SessionsOpened => SessionsPerMinute,
        Quota.Sessions => Sessions,
        Quota.ConcurrentCalls => ConcurrentCalls,
        Quota.StateBytes => StateBytes,
        _ => Unlimited,
    };

    /// <summary>The tighter of both, quota by quota.</summary>
    internal static QuotaConfiguration Tighter(QuotaConfiguration one, QuotaConfiguration other) =>
        ReferenceEquals(one, None) ? other : ReferenceEquals(other, None) ? one : new()
        {
            Sessions = Math.Min(one.Sessions, other.Sessions),
            SessionsPerMinute = Math.Min(one.SessionsPerMinute, other.SessionsPerMinute),
            CallsPerMinute = Math.Min(one.CallsPerMinute, other.CallsPerMinute),
            ConcurrentCalls = Math.Min(one.ConcurrentCalls, other.ConcurrentCalls),
            ComputeSecondsPerMinute = Math.Min(one.ComputeSecondsPerMinute, other.ComputeSecondsPerMinute),
            StateBytes = Math.Min(one.StateBytes, other.StateBytes),
            OutputBytesPerMinute = Math.Min(one.OutputBytesPerMinute, other.OutputBytesPerMinute),
            EgressCallsPerMinute = Math.Min(one.EgressCallsPerMinute, other.EgressCallsPerMinute),
            EgressBytesPerMinute = Math.Min(one.EgressBytesPerMinute, other.EgressBytesPerMinute),
            CallTimeout = Shorter(one.CallTimeout, other.CallTimeout),
        };

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) =>
        one == Timeout.InfiniteTimeSpan ? other : other == Timeout.InfiniteTimeSpan || one < other ? one : other;
}
