using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Memory;

namespace OrleansMcp.Http.Connections;

/// <summary>
/// Limits connections before anything is known of who is behind them: a new one has <see cref="ConnectionConfiguration.FirstRequest"/> until a
/// request on it is authenticated, there are only so many new ones, and fewer of all than the process has descriptors for. Kestrel's own limits
/// know nothing of credentials.
/// </summary>
/// <remarks>
/// Who makes room: of the new ones the oldest, at once; when all are known, one of the client that has most, as soon as it is idle. What finds no
/// room is closed before a byte of it is read.
/// </remarks>
internal sealed partial class ConnectionGuard(
    IConfigurationSource configuration, HeldMemory memory, TimeProvider time, ILogger<ConnectionGuard> logger) : IDisposable
{
    /// <summary>What a connection is charged with: its share of the buffers that Kestrel may fill for it.</summary>
    internal const int Bytes = 32 * 1024;

    // So many are left when the client that has most is asked to close one.
    private const int Headroom = 4;
    private const int MaxNewDivisor = 4;
    private const int MemoryDivisor = 2;
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_logEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new(); // guards all that follows
    private readonly HashSet<GuardedConnection> _all = [];
    private readonly LinkedList<GuardedConnection> _new = new(); // the oldest first

    // Counted with the first connection: by then the process has opened its own files.
    private readonly Lazy<int?> _descriptors = new(DescriptorLimit.Connections);
    private ITimer? _look;
    private long? _loggedAt;

    /// <summary>All connections.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _all.Count;
            }
        }
    }

    /// <summary>The most connections there may be.</summary>
    public int Max => configuration.Current.Endpoint.Connections.Max
        ?? (int)Math.Min(_descriptors.Value ?? int.MaxValue, Math.Max(1, memory.Limit / MemoryDivisor / Bytes));

    /// <summary>Connection middleware: the first, before TLS.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next) => connection => HandleAsync(connection, next);

    /// <summary>A request on a new connection was authenticated.</summary>
    public void Known(GuardedConnection connection)
    {
        lock (_gate)
        {
            NotNewLocked(connection);
        }
    }

    public void Dispose() => _look?.Dispose();

    private async Task HandleAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var guarded = new GuardedConnection(connection, this) { AcceptedAt = time.GetTimestamp() };
        if (!TryEnter(guarded))
        {
            guarded.Abort("This process has as many connections as it may.");
            return;
        }

        connection.Features.Set(guarded);
        memory.ChargeConnections(Bytes);
        try
        {
            await next(connection);
        }
        finally
        {
            memory.ChargeConnections(-Bytes);
            lock (_gate)
            {
                _all.Remove(guarded);
                NotNewLocked(guarded);
            }
        }
    }

    private bool TryEnter(GuardedConnection connection)
    {
        var (max, maxNew) = (Max, configuration.Current.Endpoint.Connections.MaxNew);
        GuardedConnection? leaving, asked;
        bool enters;
        lock (_gate)
        {
            leaving = _new.Count >= (maxNew ?? Math.Max(1, max / MaxNewDivisor)) || _all.Count >= max ? _new.First?.Value : null;
            if (leaving is not null)
            {
                _all.Remove(leaving);
                NotNewLocked(leaving);
            }

            asked = _all.Count >= max - Headroom ? HeaviestLocked() : null;
            enters = _all.Count < max;
            if (enters)
            {
                _all.Add(connection);
                connection.Place = _new.AddLast(connection);
                _look ??= time.CreateTimer(static self => ((ConnectionGuard)self!).Look(), this, s_look, s_look);
            }
        }

        if (leaving is not null || !enters)
        {
            Log(max);
        }

        leaving?.Abort("Too many connections without an authenticated request.");
        asked?.Close();
        return enters;
    }

    private void NotNewLocked(GuardedConnection connection)
    {
        if (connection.Place is { } place)
        {
            connection.Place = null;
            _new.Remove(place);
        }
    }

    /// <summary>Of the client that has most connections the one that was not used for longest.</summary>
    private GuardedConnection? HeaviestLocked() => _all.Where(static one => one is { IsNew: false, IsClosing: false })
        .GroupBy(static one => (one.Caller?.Tenant, one.Caller?.Client))
        .MaxBy(static its => its.Count())?
        .MinBy(static one => one.UsedAt);

    /// <summary>Closes new connections whose time is over.</summary>
    private void Look()
    {
        var limit = configuration.Current.Endpoint.Connections.FirstRequest;
        List<GuardedConnection> overdue = [];
        lock (_gate)
        {
            while (_new.First is { Value: var oldest } && time.GetElapsedTime(oldest.AcceptedAt) >= limit)
            {
                NotNewLocked(oldest);
                overdue.Add(oldest);
            }

            if (_new.Count == 0)
            {
                _look?.Dispose();
                _look = null;
            }
        }

        overdue.ForEach(static one => one.Abort("No authenticated request in time."));
    }

    private void Log(int max)
    {
        lock (_gate)
        {
            if (_loggedAt is { } before && time.GetElapsedTime(before) < s_logEvery)
            {
                return;
            }

            _loggedAt = time.GetTimestamp();
        }

        LogFull(logger, max);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "There are as many connections as there may be (at most {Max}), or as many without an authenticated request: one was closed.")]
    private static partial void LogFull(ILogger logger, int max);
}
