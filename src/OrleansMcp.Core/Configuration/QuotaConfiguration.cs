using OrleansMcp.Quotas;

namespace OrleansMcp.Configuration;

/// <summary>
/// What may be used at most. Windows are the minutes of the clock (UTC). The defaults are those of a client. Of a tenant only requests and
/// writes are limited by default (<see cref="OfTenant"/>), and of a single session half as many of them as of its client; all else that is not
/// configured for them has no limit (<see cref="None"/>).
/// </summary>
public sealed record QuotaConfiguration
{
    /// <summary>No limit.</summary>
    public const long Unlimited = long.MaxValue;

    private const long Microseconds = 1_000_000;
    private const long LeastSessionsPerMinute = 60;
    private const long SessionsPerMinuteFactor = 10;
    private const long LeastRequestsPerMinute = 6_000;
    private const long RequestsPerCall = 10;
    private const long LeastWritesPerMinute = 2_400;
    private const long WritesPerCall = 4;

    /// <summary>No limits at all.</summary>
    public static QuotaConfiguration None { get; } = new()
    {
        Sessions = Unlimited, SessionsPerMinute = Unlimited, CallsPerMinute = Unlimited, ConcurrentCalls = Unlimited,
        ComputeSecondsPerMinute = Unlimited, StateBytes = Unlimited, OutputBytesPerMinute = Unlimited, EgressCallsPerMinute = Unlimited,
        EgressBytesPerMinute = Unlimited, CallTimeout = Timeout.InfiniteTimeSpan, RequestsPerMinute = Unlimited, WritesPerMinute = Unlimited,
        ConcurrentStreams = Unlimited,
    };

    /// <summary>What a tenant may use unless it is configured: 600,000 requests and 240,000 writes a minute.</summary>
    public static QuotaConfiguration OfTenant { get; } = None with { RequestsPerMinute = 600_000, WritesPerMinute = 240_000 };

    /// <summary>Open sessions and handles at a time. Default 100.</summary>
    public long Sessions { get; init; } = 100;

    /// <summary>What happens when <see cref="Sessions"/> are open and another one is opened. Null: as for all (<see cref="SessionConfiguration.OnCap"/>).</summary>
    public OnSessionCap? OnCap { get; init; }

    /// <summary>Sessions and handles opened a minute. Default: ten times <see cref="Sessions"/>, at least 60.</summary>
    public long SessionsPerMinute
    {
        get => field >= 0 ? field : AtLeast(LeastSessionsPerMinute, SessionsPerMinuteFactor, Sessions);
        init;
    } = -1;

    /// <summary>Tool calls a minute. Default 600.</summary>
    public long CallsPerMinute { get; init; } = 600;

    /// <summary>
    /// Requests a minute, of every kind: messages, notifications, each element of a batch, streams, secrets. Default: ten times
    /// <see cref="CallsPerMinute"/>, at least 6,000.
    /// </summary>
    public long RequestsPerMinute
    {
        get => field >= 0 ? field : AtLeast(LeastRequestsPerMinute, RequestsPerCall, CallsPerMinute);
        init;
    } = -1;

    /// <summary>
    /// Changes a minute that are made durable before they are answered: of state, records, subscriptions and log levels, and two for each
    /// session that is opened, because it will end. Default: four times <see cref="CallsPerMinute"/>, at least 2,400.
    /// </summary>
    public long WritesPerMinute
    {
        get => field >= 0 ? field : AtLeast(LeastWritesPerMinute, WritesPerCall, CallsPerMinute);
        init;
    } = -1;

    /// <summary>Tool calls, and requests for prompts, resources and completions, that run at a time. Default 256.</summary>
    public long ConcurrentCalls { get; init; } = 256;

    /// <summary>
    /// Streams that listen, opened with GET or <c>subscriptions/listen</c>, in one process at a time. Default: as many as
    /// <see cref="ConcurrentCalls"/>.
    /// </summary>
    public long ConcurrentStreams
    {
        get => field >= 0 ? field : ConcurrentCalls;
        init;
    } = -1;

    /// <summary>
    /// Seconds that handlers may take a minute, added up over all calls. Wall time, not CPU time: what a tool waits for counts, save its
    /// user's input. Default: no limit.
    /// </summary>
    public long ComputeSecondsPerMinute { get; init; } = Unlimited;

    /// <summary>Bytes of tool state, over all sessions. Default 64 MiB.</summary>
    public long StateBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of answers to requests a minute, with what they stream. Default: no limit.</summary>
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

    /// <summary>How long a tool call, or a request for a prompt, resource or completion, may take, its user's input not counted. Default 1 h.</summary>
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
        Quota.Requests => RequestsPerMinute,
        Quota.Writes => WritesPerMinute,
        Quota.ConcurrentStreams => ConcurrentStreams,
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
            RequestsPerMinute = Math.Min(one.RequestsPerMinute, other.RequestsPerMinute),
            WritesPerMinute = Math.Min(one.WritesPerMinute, other.WritesPerMinute),
        };

    private static long AtLeast(long least, long factor, long of) => of >= Unlimited / factor ? Unlimited : Math.Max(least, factor * of);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) =>
        one == Timeout.InfiniteTimeSpan ? other : other == Timeout.InfiniteTimeSpan || one < other ? one : other;
}
