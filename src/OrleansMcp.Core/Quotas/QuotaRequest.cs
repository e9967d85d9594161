using OrleansMcp.Sessions;

namespace OrleansMcp.Quotas;

/// <summary>An amount of one quota, in its unit.</summary>
public readonly record struct QuotaAmount(Quota Quota, long Amount);

/// <summary>What a session wants of one quota: at least <paramref name="Need"/>, and up to <paramref name="Hint"/> to go on with.</summary>
public readonly record struct QuotaWish(Quota Quota, long Need, long Hint);

/// <summary>
/// A session asks its tenant for leases, tells what it used beyond former ones, and says what it holds. All or nothing: when one wish
/// cannot be met, nothing is granted.
/// </summary>
/// <param name="Client">Whose session.</param>
/// <param name="Session">Which.</param>
public sealed record QuotaRequest(string Client, SessionKey Session)
{
    /// <summary>What is wanted of the current window.</summary>
    public IReadOnlyList<QuotaWish> Wanted { get; init; } = [];

    /// <summary>What was used already, beyond all leases. Charged when <see cref="QuotaLease.HasCharged"/> says so, whatever the answer is otherwise.</summary>
    public IReadOnlyList<QuotaAmount> Owed { get; init; } = [];

    /// <summary>How many calls of the session run or are about to: it wants to hold as many slots. Negative: unchanged.</summary>
    public int Slots { get; init; } = -1;

    /// <summary>How many of <see cref="Slots"/> run already: those are renewed, never refused.</summary>
    public int SlotsInUse { get; init; }

    /// <summary>The bytes of state that the session keeps or is about to. Negative: unchanged.</summary>
    public long StateBytes { get; init; } = -1;

    /// <summary>Rises with each request of a session, so that a late one changes nothing that it holds.</summary>
    public long Sequence { get; init; }
}

/// <summary>What a session may spend by itself.</summary>
/// <param name="Until">
/// End of the window, UTC: what is not spent by then counts as spent. Also when a refused caller of the window may try again.
/// </param>
public sealed record QuotaLease(DateTimeOffset Until)
{
    /// <summary>An amount that no session can use up: the quota is not limited.</summary>
    public const long Unlimited = long.MaxValue;

    /// <summary>The amounts, one for each wish.</summary>
    public IReadOnlyList<QuotaAmount> Granted { get; init; } = [];

    /// <summary>The slots that the session holds from now on; <see cref="int.MaxValue"/> when calls at a time are not limited.</summary>
    public int Slots { get; init; } = int.MaxValue;

    /// <summary>When slots that were not renewed are given to others, UTC.</summary>
    public DateTimeOffset SlotsUntil { get; init; }

    /// <summary>How many slots the session may keep when it does not need them.</summary>
    public int SlotsToKeep { get; init; }

    /// <summary>Calls at a time in this one session.</summary>
    public long SessionSlots { get; init; } = Unlimited;

    /// <summary>Why nothing was granted.</summary>
    public QuotaRefusal? Refusal { get; init; }

    /// <summary>Whether the ledgers could not be read or written: nothing was granted.</summary>
    public bool IsUnavailable { get; init; }

    /// <summary>Whether what was owed was charged; if not, the session still owes it.</summary>
    public bool HasCharged { get; init; } = true;
}

/// <summary>What is left of a quota.</summary>
/// <param name="Name">As in the configuration.</param>
/// <param name="Scope">Whose.</param>
/// <param name="Limit">The limit: calls, bytes, seconds.</param>
/// <param name="Left">What is left, 0 at least. What sessions have leased counts as used.</param>
/// <param name="ResetsAt">When the window ends, UTC; null for what is held rather than spent.</param>
public sealed record QuotaLeft(string Name, QuotaScope Scope, long Limit, long Left, DateTimeOffset? ResetsAt);

/// <summary>The quotas of a session as its tools may see them.</summary>
public interface ISessionQuota
{
    /// <summary>What is left of every quota that is limited: the session's own, its client's and its tenant's.</summary>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be read at the moment.</exception>
    ValueTask<IReadOnlyList<QuotaLeft>> ReadAsync(CancellationToken cancellationToken = default);
}
