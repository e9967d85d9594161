using OrleansMcp.Sessions;

namespace OrleansMcp.Quotas;

/// <summary>
/// The slots for concurrent calls of one client, by the session that leased them. Sessions renew their slots; slots that are not renewed
/// expire, so that those of a lost silo come back.
/// </summary>
/// <remarks>Not thread-safe: the tenant's lock guards it.</remarks>
internal sealed class SlotLedger
{
    /// <summary>How long slots are leased without renewal.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private readonly Dictionary<SessionKey, Holding> _holders = [];
    private int _orphanedSlots;
    private DateTimeOffset _orphanedSlotsUntil;

    /// <summary>Leased slots, with the orphaned slots of a former actor.</summary>
    public int Used { get; private set; }

    /// <summary>
    /// Counts slots as leased for one <see cref="Lifetime"/> that a former actor had leased to sessions whose calls may still run. The
    /// record has only their number, not the sessions.
    /// </summary>
    public void RestoreOrphanedSlots(int slots, DateTimeOffset now)
    {
        Used += slots - _orphanedSlots;
        (_orphanedSlots, _orphanedSlotsUntil) = (slots, now + Lifetime);
    }

    public int HeldBy(SessionKey session) => _holders.TryGetValue(session, out var holding) ? holding.Count : 0;

    /// <summary>Whether the request with <paramref name="sequence"/> is not older than the last one applied for the session.</summary>
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
        if (_orphanedSlots > 0 && now >= _orphanedSlotsUntil)
        {
            Used -= _orphanedSlots;
            _orphanedSlots = 0;
        }

        foreach (var (session, holding) in _holders.Where(pair => pair.Value.Until <= now).ToList())
        {
            _holders.Remove(session);
            Used -= holding.Count;
        }
    }

    private readonly record struct Holding(int Count, long Sequence, DateTimeOffset Until);
}
