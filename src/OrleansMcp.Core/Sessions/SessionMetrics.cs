using System.Diagnostics;
using System.Diagnostics.Metrics;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;

namespace OrleansMcp.Sessions;

/// <summary>Metrics and traces of sessions. Tags never carry clients, session ids, arguments or secrets.</summary>
public sealed class SessionMetrics : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "OrleansMcp";

    private readonly Meter _meter;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _calls;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _active;

    /// <param name="meters">Null for a meter of its own.</param>
    public SessionMetrics(IMeterFactory? meters = null)
    {
        _meter = meters?.Create(Name) ?? new Meter(Name);
        _opened = _meter.CreateCounter<long>("orleansmcp.sessions.opened", "{session}", "Sessions opened.");
        _ended = _meter.CreateCounter<long>("orleansmcp.sessions.ended", "{session}", "Sessions ended, by reason.");
        _active = _meter.CreateUpDownCounter<long>("orleansmcp.sessions.active", "{session}", "Session actors in memory.");
        _calls = _meter.CreateCounter<long>("orleansmcp.requests", "{request}", "Requests answered, by method and outcome.");
        _duration = _meter.CreateHistogram<double>("orleansmcp.request.duration", "s", "Time to answer a request.");
        Abandoned = _meter.CreateUpDownCounter<long>("orleansmcp.calls.abandoned", "{call}", "Tool calls that were given up and have not returned.");
        OutputCache = _meter.CreateCounter<long>("orleansmcp.cache", "{call}", "Calls of tools whose results are kept, by tool and outcome (hit, miss) and what was stored.");
        ToolLogDropped = _meter.CreateCounter<long>("orleansmcp.toollog.dropped", "{entry}", "Entries of tool logs that did not reach their tenant.");
        Signals = _meter.CreateCounter<long>("orleansmcp.signals", "{signal}", "Detection signals, by name and, where it is known, tenant.");
    }

    internal static ActivitySource Activities { get; } = new(Name);

    internal Meter Meter => _meter;

    internal Counter<long> Signals { get; }

    internal Counter<long> OutputCache { get; }

    internal Counter<long> ToolLogDropped { get; }

    internal UpDownCounter<long> Abandoned { get; }

    /// <summary>Whether a listener collects the request metrics. If not, requests are not timed.</summary>
    internal bool MeasuresRequests => _duration.Enabled || _calls.Enabled;

    /// <summary>
    /// Counts a signal. The tenant becomes a tag only for verified callers, so that the number of series is bounded by the configuration; the
    /// client is in the log and in the audit.
    /// </summary>
    internal void Signaled(Signal signal)
    {
        var tags = new TagList { { "signal", signal.Name } };
        if (signal.Who is { } who)
        {
            tags.Add("tenant", who.Tenant);
        }

        Signals.Add(1, tags);
    }

    internal void Opened() => _opened.Add(1);

    internal void Ended(SessionEndReason reason) => _ended.Add(1, new KeyValuePair<string, object?>("reason", Tag(reason)));

    internal void Activated() => _active.Add(1);

    internal void Deactivated() => _active.Add(-1);

    internal void Answered(string method, string? tool, AnswerOutcome outcome, TimeSpan duration)
    {
        var tags = new TagList { { "method", method }, { "outcome", Tag(outcome) } };
        if (tool is not null)
        {
            tags.Add("tool", tool);
        }

        _calls.Add(1, tags);
        _duration.Record(duration.TotalSeconds, tags);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static string Tag(AnswerOutcome outcome) => outcome switch
    {
        AnswerOutcome.Ok => "ok",
        AnswerOutcome.Refused => "refused",
        _ => "error",
    };

    private static string Tag(SessionEndReason reason) => reason switch
    {
        SessionEndReason.Closed => "closed",
        SessionEndReason.Idle => "idle",
        SessionEndReason.Expired => "expired",
        SessionEndReason.Operator => "operator",
        SessionEndReason.Evicted => "evicted",
        _ => "other",
    };
}
