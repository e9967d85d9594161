using OrleansMcp.Configuration;
using OrleansMcp.Memory;

namespace OrleansMcp.Quotas.Requests;

/// <summary>The requests of one client: what of them is to be reported to the tenant, what that has answered, and how fast they come.</summary>
internal sealed class ClientRequestCount(RequestCount tenant) : RequestCount
{
    /// <summary>A client's requests are reported in parts of its quota of this size, so that a process may admit one part too many.</summary>
    public const int Reports = 64;

    // Also with a wide quota, an operator sees the count rise.
    private const int MostUnreported = 256;

    private readonly Lock _gate = new(); // guards the fields below
    private long _unreported;
    private long _minute; // of what is unreported
    private bool _isReporting;
    private QuotaRefusal? _refusal;
    private DateTimeOffset _refusedUntil;

    public RequestCount Tenant => tenant;

    /// <summary>How fast the requests come in that are served.</summary>
    public InputPace Pace { get; } = new();

    /// <summary>How fast those are answered that are not.</summary>
    public InputPace RefusalPace { get; } = new();

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

    /// <summary>Applies quotas: what the tenant has answered by others is void.</summary>
    public override void Apply(QuotaConfiguration? quotas)
    {
        base.Apply(quotas);
        Volatile.Write(ref _refusal, null);
    }

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
