namespace OrleansMcp.Quotas;

/// <summary>Keeps the ledgers of tenants.</summary>
public interface ILedgerStore
{
    /// <summary>The ledger of one tenant, for one actor. Nothing is read or written yet.</summary>
    ILedger Open(string tenant);
}

/// <summary>
/// The ledger of one tenant, as one actor sees it. Calls do not overlap. It knows which version it saw last, so that of two actors only one
/// hands anything out.
/// </summary>
public interface ILedger
{
    /// <summary>
    /// Whether sessions and their calls may have outlived the actor before. If so, slots that were out when it was lost are out until they expire.
    /// </summary>
    bool MayOutliveActor { get; }

    /// <summary>What was written last; null when nothing ever was.</summary>
    /// <exception cref="Storage.StoreDamagedException">It is damaged, and stays so until a back-up is brought into its place.</exception>
    /// <exception cref="InvalidDataException">It is damaged, and this store has no way back: the open windows count as spent, whichever
    /// client they belong to, and the next write replaces it.</exception>
    /// <exception cref="IOException">It cannot be read at the moment.</exception>
    ValueTask<LedgerRecord?> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Replaces what was written last; on return the new amounts are durable.</summary>
    /// <exception cref="LedgerFencedException">Another actor has written since. This one can write nothing any more.</exception>
    /// <exception cref="IOException">It may not be durable.</exception>
    ValueTask SaveAsync(LedgerRecord record, CancellationToken cancellationToken);
}

/// <summary>Another actor has written the tenant's ledgers; this one's are out of date.</summary>
public sealed class LedgerFencedException(Exception? inner) : IOException("Another actor keeps this tenant's ledgers.", inner);
