using OrleansMcp.Sessions;

namespace OrleansMcp.Quotas;

/// <summary>An amount of one quota, in its unit.</summary>
public readonly record struct QuotaAmount(Quota Quota, long Amount);

/// <summary>A wish for one quota: at least <paramref name="Need"/>, and up to <paramref name="Hint"/> in advance.</summary>
public readonly record struct QuotaWish(Quota Quota, long Need, long Hint);

/// <summary>
/// A session's request to its tenant: for leases, with the amounts it used beyond former leases and the slots and state it holds. All or
/// nothing: when one wish cannot be met, nothing is granted.
/// </summary>
/// <param name="Client">The session's client.</param>
/// <param name="Session">The session.</param>
public sealed record QuotaRequest(string Client, SessionKey Session)
{
    /// <summary>Wishes for the current window.</summary>
    public IReadOnlyList<QuotaWish> Wanted { get; init; } = [];

    /// <summary>
    /// Amounts used beyond all leases, and compute of leases without a limit. The tenant has charged them when <see cref="QuotaLease.HasCharged"/>, also when it refuses the
    /// wishes.
    /// </summary>
    public IReadOnlyList<QuotaAmount> Owed { get; init; } = [];

    /// <summary>The slots that the session wants to hold: running calls and those about to run. Negative: unchanged.</summary>
    public int Slots { get; init; } = -1;

    /// <summary>Those of <see cref="Slots"/> whose calls run already: they are renewed, never refused.</summary>
    public int SlotsInUse { get; init; }

    /// <summary>The bytes of state that the session keeps or is about to keep. Negative: unchanged.</summary>
    public long StateBytes { get; init; } = -1;

    /// <summary>Rises with each request of a session, so that the tenant ignores the slots of a late request.</summary>
    public long Sequence { get; init; }
}

/// <summary>The tenant's answer: what the session may spend without asking again.</summary>
/// <param name="Until">
/// End of the window, UTC: what is not spent by then counts as spent. A refused session may try again from then on.
/// </param>
public sealed record QuotaLease(DateTimeOffset Until)
{
    /// <summary>An amount that no session can use up: the quota is not limited.</summary>
    public const long Unlimited = long.MaxValue;

    /// <summary>The granted amounts, one for each wish.</summary>
    public IReadOnlyList<QuotaAmount> Granted { get; init; } = [];

    /// <summary>The slots that the session holds from now on; <see cref="int.MaxValue"/> when concurrent calls are not limited.</summary>
    public int Slots { get; init; } = int.MaxValue;

    /// <summary>When slots that were not renewed expire, UTC.</summary>
    public DateTimeOffset SlotsUntil { get; init; }

    /// <summary>How many unused slots the session may keep.</summary>
    public int SlotsToKeep { get; init; }

    /// <summary>Limit of concurrent calls in this one session.</summary>
    public long SessionSlots { get; init; } = Unlimited;

    /// <summary>Why nothing was granted; null when the wishes were met.</summary>
    public QuotaRefusal? Refusal { get; init; }

    /// <summary>Whether the ledgers could not be read or written: nothing was granted.</summary>
    public bool IsUnavailable { get; init; }

    /// <summary>Whether <see cref="QuotaRequest.Owed"/> was charged; if not, the session still owes it.</summary>
    public bool HasCharged { get; init; } = true;
}
