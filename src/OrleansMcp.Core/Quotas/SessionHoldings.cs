using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Quotas;

/// <summary>
/// The holdings of one client's sessions: a place each, the size of their state, and when to check them for expiry. A tenant has an entry
/// for each of its sessions, most of which are passivated: a key is kept as the number that is in it, and an entry is 64 bytes.
/// </summary>
/// <remarks>Not thread-safe: the tenant's lock guards it.</remarks>
internal sealed partial class SessionHoldings(string tenant)
{
    /// <summary>
    /// Sessions announce their state in steps of so many bytes, so that few changes need a request to the tenant. An opened session holds
    /// the first step from the beginning.
    /// </summary>
    public const long Step = 4096;

    private readonly Dictionary<UInt128, Holding> _held = [];

    [Flags]
    private enum Marks
    {
        None = 0,
        HasPlace = 1,
        IsPrincipal = 2,
        OpenedHere = 4,
        Holding = 8,
        InUse = 16,
    }

    /// <summary>Number of entries.</summary>
    public int Count => _held.Count;

    /// <summary>Number of open sessions.</summary>
    public int Places { get; private set; }

    /// <summary>State of all sessions, bytes.</summary>
    public long StateBytes { get; private set; }

    /// <summary>The open sessions.</summary>
    public IEnumerable<SessionKey> Open => Where(static holding => holding.Is(Marks.HasPlace));

    public static long InSteps(long bytes) => (bytes + Step - 1) / Step * Step;

    public bool HasPlace(SessionKey session) => Of(session).Is(Marks.HasPlace);

    /// <summary>Whether the session was opened by this actor of the tenant, which therefore knows all that the session has spent.</summary>
    public bool IsOpenedHere(SessionKey session) => Of(session).Is(Marks.OpenedHere);

    public long StateOf(SessionKey session) => Of(session).Steps * Step;

    /// <summary>The sessions to check for expiry by <paramref name="now"/>.</summary>
    public IEnumerable<SessionKey> DueBy(DateTimeOffset now) => Where(holding => holding.DueTicks <= now.UtcTicks);

    /// <summary>When to check the session for expiry; null when <see cref="Watch"/> was not called for it.</summary>
    public DateTimeOffset? DueAt(SessionKey session) => Of(session) is { IsWatched: true, DueTicks: var ticks } ? new(ticks, TimeSpan.Zero) : null;

    public void Add(SessionKey session, DateTimeOffset now) => Set(session, Of(session) with
    {
        Steps = 1, HeardTicks = Later(now), Marks = Marks.HasPlace | Marks.OpenedHere,
    });

    /// <summary>Adds a session that a former actor had opened. It stays open even if the quotas would refuse it now.</summary>
    /// <param name="session">The session, as the registry has it.</param>
    /// <param name="heardAt">When a message of it came at the earliest, UTC.</param>
    /// <exception cref="ArgumentException">The key belongs to no session of the tenant.</exception>
    public void Restore(RegisteredSession session, DateTimeOffset heardAt)
    {
        var marks = session.Key.IsPrincipal ? Marks.None : Marks.HasPlace;
        Set(session.Key, new Holding(
            session.DueAt.UtcTicks, heardAt.UtcTicks, AskAgainSecond: 0, Math.Max(marks == Marks.None ? 0 : 1, StepsOf(session.StateBytes)), marks));
    }

    public void Watch(SessionKey session, DateTimeOffset due) => Set(session, Of(session) with { DueTicks = due.UtcTicks });

    /// <summary>Moves the next check of a watched session to <paramref name="due"/>.</summary>
    public void Postpone(SessionKey session, DateTimeOffset due)
    {
        if (DueAt(session) is not null)
        {
            Watch(session, due);
        }
    }

    /// <summary>Makes every watched session due by <paramref name="now"/>.</summary>
    public void CheckAllBy(DateTimeOffset now)
    {
        foreach (var (number, holding) in _held.Where(pair => pair.Value.IsWatched && pair.Value.DueTicks > now.UtcTicks).ToList())
        {
            _held[number] = holding with { DueTicks = now.UtcTicks };
        }
    }

    public void SetState(SessionKey session, long bytes) => Set(session, Of(session) with { Steps = StepsOf(bytes) });

    /// <summary>Removes the session and its holdings. Does nothing when there is no entry.</summary>
    public void Remove(SessionKey session)
    {
        if (_held.Remove(session.Number(tenant), out var former))
        {
            Tally(former, default);
        }
    }

    private static int StepsOf(long bytes) => (int)Math.Min(int.MaxValue, InSteps(bytes) / Step);

    private Holding Of(SessionKey session) => _held.TryGetValue(session.Number(tenant), out var holding) ? holding : Holding.Nothing;

    private void Set(SessionKey session, Holding holding)
    {
        var (number, kind) = (session.Number(tenant), session.IsPrincipal ? Marks.IsPrincipal : Marks.None);
        Tally(_held.GetValueOrDefault(number, Holding.Nothing), holding);
        if (holding.IsNothing)
        {
            _held.Remove(number);
        }
        else
        {
            _held[number] = holding with { Marks = holding.Marks | kind };
        }
    }

    private void Tally(Holding former, Holding now)
    {
        Places += (now.Is(Marks.HasPlace) ? 1 : 0) - (former.Is(Marks.HasPlace) ? 1 : 0);
        StateBytes += (now.Steps - former.Steps) * Step;
    }

    private IEnumerable<SessionKey> Where(Func<Holding, bool> condition) =>
        _held.Where(pair => condition(pair.Value)).Select(pair => SessionKey.Of(tenant, pair.Value.Is(Marks.IsPrincipal), pair.Key));

    private readonly record struct Holding(long DueTicks, long HeardTicks, uint AskAgainSecond, int Steps, Marks Marks)
    {
        public const long Never = long.MaxValue;

        public static Holding Nothing => new(Never, 0, 0, 0, Marks.None);

        public bool IsWatched => DueTicks != Never;

        public bool IsNothing => !IsWatched && Steps == 0 && !Is(Marks.HasPlace);

        public long AskAgainTicks => DateTimeOffset.UnixEpoch.UtcTicks + (AskAgainSecond * TimeSpan.TicksPerSecond);

        public bool IsAskedBy(DateTimeOffset now) => AskAgainTicks <= now.UtcTicks;

        public bool Is(Marks mark) => Marks.HasFlag(mark);
    }
}
