namespace OrleansMcp;

/// <summary>What is left of a quota.</summary>
/// <param name="Name">The name in the configuration.</param>
/// <param name="Scope">The level that it limits.</param>
/// <param name="Limit">The limit: calls, bytes, seconds.</param>
/// <param name="Left">What is left, 0 at least. Leased amounts count as used.</param>
/// <param name="ResetsAt">When the window ends, UTC; null for quotas that are held rather than spent.</param>
public sealed record QuotaLeft(string Name, QuotaScope Scope, long Limit, long Left, DateTimeOffset? ResetsAt);

/// <summary>Lets tools read the quotas of their session.</summary>
public interface ISessionQuota
{
    /// <summary>Reads what is left of every limited quota of the session, its client and its tenant.</summary>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be read at the moment.</exception>
    ValueTask<IReadOnlyList<QuotaLeft>> ReadAsync(CancellationToken cancellationToken = default);
}
