using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Run.Pacing;

/// <summary>
/// What a client must wait for, as the server told any of its virtual users: a quota stops its calls, or the opening of sessions; a throttled
/// client gets no sessions and attacks no more, and goes on in the sessions that it has.
/// </summary>
internal sealed class ClientPace(TimeProvider time)
{
    // A session that is ended makes a place at once, so the time that the server names for one is too long.
    private static readonly TimeSpan s_longestForPlace = TimeSpan.FromSeconds(5);

    // Where the server does not say when to come again, but every request would be refused.
    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new(); // guards the fields below
    private long _callsFrom;
    private long _openingsFrom;
    private long _attacksFrom;

    public CallGate Calls { get; } = new();

    /// <summary>How long calls, and everything else, must wait.</summary>
    public TimeSpan RestOfCalls => Rest(ref _callsFrom);

    /// <summary>How long openings of sessions must wait.</summary>
    public TimeSpan RestOfOpenings => Rest(ref _openingsFrom);

    /// <summary>How long attacks must wait.</summary>
    public TimeSpan RestOfAttacks => Rest(ref _attacksFrom);

    /// <summary>The server refused a request, and said when to come again.</summary>
    public void Note(Hindrance hindrance, TimeSpan retryAfter)
    {
        var notAtOnce = retryAfter > s_least ? retryAfter : s_least;
        switch (hindrance)
        {
            case { Kind: HindranceKind.Throttle }:
                Postpone(ref _openingsFrom, notAtOnce);
                Postpone(ref _attacksFrom, notAtOnce);
                break;
            case { Kind: HindranceKind.Quota, Name: "sessions" }:
                Postpone(ref _openingsFrom, notAtOnce < s_longestForPlace ? notAtOnce : s_longestForPlace);
                break;
            case { Kind: HindranceKind.Quota, Name: "sessionsPerMinute" }:
                Postpone(ref _openingsFrom, notAtOnce);
                break;
            case { Kind: HindranceKind.Quota, Name: "429" } or { Kind: HindranceKind.Credential }:
                Postpone(ref _callsFrom, notAtOnce);
                break;
            case { Kind: HindranceKind.Quota, Name: "concurrentCalls" } when Calls.TryNarrow():
                break;
            case { Kind: HindranceKind.Quota or HindranceKind.Failure }:
                Postpone(ref _callsFrom, retryAfter);
                break;
        }
    }

    private TimeSpan Rest(ref long from)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            return from > now ? time.GetElapsedTime(now, from) : TimeSpan.Zero;
        }
    }

    private void Postpone(ref long from, TimeSpan rest)
    {
        lock (_gate)
        {
            from = Math.Max(from, time.GetTimestamp() + (long)(rest.TotalSeconds * time.TimestampFrequency));
        }
    }
}
