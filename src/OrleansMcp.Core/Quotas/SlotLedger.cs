using OrleansMcp.Sessions;

namespace OrleansMcp.Quotas;

/// <summary>
/// Who holds how many of the calls at a time of one client. A holder renews what it holds; what is not renewed comes back when it expires,
/// so that a lost machine's slots are not lost with it.
/// </summary>
/// <remarks>Not thread-safe: the tenant's lock guards it.</remarks>
internal sealed class SlotLedger
{
    /// <summary>How long slots are held without a word.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private readonly Dictionary<SessionKey, Holding> _holders = [];
    private int _ghosts;
    private DateTimeOffset _ghostsUntil;

    /// <summary>Slots that are out, with those that a former life of the ledger had handed out.</summary>
    public int Used { get; private set; }

    /// <summary>A former life had handed out up to so many, nobody knows to whom.</summary>
    public void Haunt(int slots, DateTimeOffset now)
    {
        Used += slots - _ghosts;
        (_ghosts, _ghostsUntil) = (slots, now + Lifetime);
    }

    public int HeldBy(SessionKey session) => _holders.TryGetValue(session, out var holding) ? holding.Count : 0;

    /// <summary>Whether the word of <paramref name="sequence"/> is newer than what was heard of the session before.</summary>
    public bool IsNews(SessionKey session, long sequence) => !_holders.TryGetValue(session, out var holding) || sequence >= holding.Sequence;

    public void Set(SessionKey session, int count, long sequence, DateTimeOffset now)
    {
        Used += count - HeldBy(session);
        if (count == 0)
        {
            _holders.Remove(session);
        }
        else
        {
            _holders[session] = new Holding(count, sequence, now + Lifetime);
        }
    }

    public void Expire(DateTimeOffset now)
    {
        if (_ghosts > 0 && now >= _ghostsUntil)
        {
            Used -= _ghosts;
            _ghosts = 0;
        }

        foreach (var (session, holding) in _holders.Where(pair => pair.Value.Until <= now).ToList())
        {
            _holders.Remove(session);
            Used -= holding.Count;
        }
    }

    private readonly record struct Holding(int Count, long Sequence, DateTimeOffset Until);
}
