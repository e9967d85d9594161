using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Yielding;

namespace OrleansMcp.Quotas;

/// <summary>
/// Which session is asked next to make room for another one. The tenant is not told of every message: what it has heard is a lower bound of a
/// session's last activity, until the session answers.
/// </summary>
internal sealed partial class SessionHoldings
{
    /// <summary>A session that holds something makes room after this time without a message, if no other one can.</summary>
    public static readonly TimeSpan LongestHeld = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_askHoldingAgain = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_askInUseAgain = TimeSpan.FromSeconds(10);

    private long _latest; // so that sessions which open in one tick have an order

    /// <summary>A message of the session came.</summary>
    public void Heard(SessionKey session, DateTimeOffset now)
    {
        if (Of(session) is var holding && holding.Is(Marks.HasPlace))
        {
            Set(session, holding with { HeardTicks = Later(now) });
        }
    }

    /// <summary>
    /// The session that was used the longest time ago, as far as is known, and when any other one was used at the earliest: it makes room if it
    /// holds nothing and was not used later than that. Null when every session has said lately that it holds something.
    /// </summary>
    public (SessionKey Session, DateTimeOffset Bound)? LeastRecent(DateTimeOffset now)
    {
        var (first, second) = Lowest(holding => holding.IsAskedBy(now), static holding => holding.HeardTicks);
        return first is { } number ? (Key(number), new DateTimeOffset(Math.Min(second, now.UtcTicks), TimeSpan.Zero)) : null;
    }

    /// <summary>The session that holds something and was used the longest time ago; null when that was not <see cref="LongestHeld"/> ago.</summary>
    public SessionKey? LongestIdle(DateTimeOffset now) => Lowest(
        holding => holding.Is(Marks.Holding) && holding.HeardTicks <= (now - LongestHeld).UtcTicks, static holding => holding.HeardTicks).First is { } number
        ? Key(number) : null;

    /// <summary>The session that ends first, as far as is known. Null when each was asked lately.</summary>
    public SessionKey? FirstDue(DateTimeOffset now) =>
        Lowest(static _ => true, EndOf).First is { } number && (_held[number].IsAskedBy(now) || EndOf(_held[number]) <= now.UtcTicks)
            ? Key(number) : null;

    /// <summary>Notes what a session has answered, so that it is not asked again at once. One that is absent is left to the next expiry check.</summary>
    public void Answered(SessionKey session, YieldRequest request, YieldReply reply, DateTimeOffset now)
    {
        var holding = Of(session);
        if (!holding.Is(Marks.HasPlace))
        {
            return;
        }

        var again = reply.Outcome switch
        {
            YieldOutcome.Unused when !request.IsOnlyIfOverdue => now,
            YieldOutcome.Holding => now + s_askHoldingAgain,
            _ => now + s_askInUseAgain,
        };
        var marks = reply.Outcome switch
        {
            YieldOutcome.Holding => Marks.Holding,
            YieldOutcome.Unused => Marks.None,
            _ => Marks.InUse,
        };
        Set(session, holding with
        {
            HeardTicks = Math.Max(holding.HeardTicks, reply.LastActiveAt.UtcTicks),
            DueTicks = !holding.IsWatched ? holding.DueTicks : reply.Outcome == YieldOutcome.Absent ? now.UtcTicks : Math.Max(holding.DueTicks, reply.DueAt.UtcTicks),
            AskAgainSecond = SecondOf(again),
            Marks = (holding.Marks & ~(Marks.Holding | Marks.InUse)) | marks,
        });
    }

    /// <summary>When the first session makes room, unless it is used before. Of one that is in use: when it will be asked again.</summary>
    public DateTimeOffset? FirstRoom() => Earliest(static holding => Math.Min(
        EndOf(holding),
        holding.Is(Marks.InUse) ? holding.AskAgainTicks : holding.Is(Marks.Holding) ? holding.HeardTicks + LongestHeld.Ticks : holding.HeardTicks));

    /// <summary>When the first session ends, unless it is used before.</summary>
    public DateTimeOffset? FirstEnd() => Earliest(EndOf);

    private long Later(DateTimeOffset now) => _latest = Math.Max(now.UtcTicks, _latest + 1);

    private SessionKey Key(UInt128 number) => SessionKey.Of(tenant, isPrincipal: false, number);

    /// <summary>One that is in use ends some time after it is due: it is asked then.</summary>
    private static long EndOf(Holding holding) => holding.Is(Marks.InUse) ? Math.Max(holding.DueTicks, holding.AskAgainTicks) : holding.DueTicks;

    private DateTimeOffset? Earliest(Func<Holding, long> when) =>
        Lowest(static _ => true, when).First is { } number && when(_held[number]) is var ticks and < Holding.Never ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Of the sessions with a place: the one with the lowest order, and the order of the next.</summary>
    private (UInt128? First, long Next) Lowest(Func<Holding, bool> condition, Func<Holding, long> order)
    {
        UInt128? first = null;
        var (lowest, next) = (long.MaxValue, long.MaxValue);
        foreach (var (number, holding) in _held)
        {
            if (!holding.Is(Marks.HasPlace) || !condition(holding))
            {
                continue;
            }

            if (first is null || order(holding) < lowest)
            {
                (first, next, lowest) = (number, lowest, order(holding));
            }
            else
            {
                next = Math.Min(next, order(holding));
            }
        }

        return (first, next);
    }

    private static uint SecondOf(DateTimeOffset at) => (uint)Math.Clamp(at.ToUnixTimeSeconds(), 0, uint.MaxValue);
}
