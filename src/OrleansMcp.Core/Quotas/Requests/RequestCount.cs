using OrleansMcp.Memory;

namespace OrleansMcp.Quotas.Requests;

/// <summary>The requests of one client that this process has counted in the present minute, and its open streams. Thread-safe.</summary>
internal sealed class RequestCount(TenantRequestCount tenant)
{
    /// <summary>A client's requests are reported in parts of its quota of this size, so that a process may admit one part too many.</summary>
    public const int Reports = 64;

    // Also with a wide quota, an operator sees the count rise.
    private const int MostUnreported = 256;

    private readonly Lock _gate = new(); // guards the fields below but the count
    private MinuteCount _count;
    private long _unreported;
    private long _minute; // of what is unreported
    private bool _isReporting;
    private QuotaRefusal? _refusal;
    private DateTimeOffset _refusedUntil;
    private long _limit;
    private long _streamLimit;

    public TenantRequestCount Tenant => tenant;

    public OpenStreams Streams { get; } = new();

    /// <summary>How fast the requests come in that are served.</summary>
    public InputPace Pace { get; } = new();

    /// <summary>How fast those are answered that are not.</summary>
    public InputPace RefusalPace { get; } = new();

    public long Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    public long StreamLimit
    {
        get => Volatile.Read(ref _streamLimit);
        set => Volatile.Write(ref _streamLimit, value);
    }

    /// <summary>Counts requests, unless the client has used up its quota.</summary>
    public bool TryAdd(DateTimeOffset now, int requests) => _count.TryAdd(now, requests, Limit);

    /// <summary>What the tenant has answered in this minute, when the quota is used up over all processes.</summary>
    public QuotaRefusal? RefusalAt(DateTimeOffset now)
    {
        if (Volatile.Read(ref _refusal) is not { } refusal)
        {
            return null;
        }

        lock (_gate)
        {
            return now < _refusedUntil ? refusal with { RetryAfterSeconds = (int)Math.Max(1, Math.Ceiling((_refusedUntil - now).TotalSeconds)) } : null;
        }
    }

    public void Refuse(QuotaRefusal refusal, DateTimeOffset now)
    {
        lock (_gate)
        {
            _refusedUntil = now.AddSeconds(MinuteCount.SecondsLeft(now));
            Volatile.Write(ref _refusal, refusal);
        }
    }

    /// <summary>Quotas have changed: what the tenant has answered is void.</summary>
    public void Forgive() => Volatile.Write(ref _refusal, null);

    /// <summary>Takes so many more that are to be reported. Returns how many to report now: 0 while a report is under way, or while they are few.</summary>
    public long TakeReport(DateTimeOffset now, int requests)
    {
        var minute = now.UtcTicks / TimeSpan.TicksPerMinute;
        lock (_gate)
        {
            _unreported = minute == _minute ? _unreported + requests : requests;
            _minute = minute;
            return _isReporting ? 0 : TakeReportLocked();
        }
    }

    /// <summary>A report was made. Returns how many to report next; 0 when they are few.</summary>
    public long TakeNextReport()
    {
        lock (_gate)
        {
            return TakeReportLocked();
        }
    }

    private long TakeReportLocked()
    {
        _isReporting = _unreported >= Math.Clamp(Limit / Reports, 1, MostUnreported);
        var report = _isReporting ? _unreported : 0;
        _unreported -= report;
        return report;
    }
}

/// <summary>The requests of a tenant that this process has counted in the present minute, and its open streams. Thread-safe.</summary>
internal sealed class TenantRequestCount
{
    private MinuteCount _count;
    private long _limit;
    private long _streamLimit;

    public OpenStreams Streams { get; } = new();

    public long Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    public long StreamLimit
    {
        get => Volatile.Read(ref _streamLimit);
        set => Volatile.Write(ref _streamLimit, value);
    }

    /// <summary>Counts requests, unless the tenant has used up its quota.</summary>
    public bool TryAdd(DateTimeOffset now, int requests) => _count.TryAdd(now, requests, Limit);
}

/// <summary>How many streams are open. Thread-safe.</summary>
internal sealed class OpenStreams
{
    private int _open;

    public int Open => Volatile.Read(ref _open);

    public bool TryOpen(long limit)
    {
        if (Interlocked.Increment(ref _open) <= limit)
        {
            return true;
        }

        Close();
        return false;
    }

    public void Close() => Interlocked.Decrement(ref _open);
}
