namespace OrleansMcp.Quotas;

/// <summary>Stores the ledgers of tenants.</summary>
public interface ILedgerStore
{
    /// <summary>Returns the ledger of one tenant for one actor. Reads and writes nothing yet.</summary>
    ILedger Open(string tenant);
}

/// <summary>
/// The stored ledger of one tenant, used by one actor. Calls do not overlap. <see cref="ILedger"/> remembers the version that it read or
/// wrote last, so that of two actors only one can write, and so only one grants leases.
/// </summary>
public interface ILedger
{
    /// <summary>
    /// Whether sessions and their calls may outlive the tenant's actor. If so, the slots that a lost actor had leased stay leased until
    /// they expire.
    /// </summary>
    bool MayOutliveActor { get; }

    /// <summary>Reads the record that was written last; null when there is none.</summary>
    /// <exception cref="Storage.StoreDamagedException">The record is damaged, and stays so until a back-up is restored.</exception>
    /// <exception cref="InvalidDataException">The record is damaged, and this store has no back-up: the open windows of all clients count
    /// as spent, and the next write replaces the record.</exception>
    /// <exception cref="IOException">The record cannot be read at the moment.</exception>
    ValueTask<LedgerRecord?> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Replaces the record; on return <paramref name="record"/> is durable.</summary>
    /// <exception cref="LedgerFencedException">Another actor has written since. No further write of this actor succeeds.</exception>
    /// <exception cref="IOException">Whether the record is durable is not known.</exception>
    ValueTask SaveAsync(LedgerRecord record, CancellationToken cancellationToken);
}

/// <summary>Another actor has written the tenant's ledgers; those of this actor are out of date.</summary>
public sealed class LedgerFencedException(Exception? inner) : IOException("Another actor keeps this tenant's ledgers.", inner);
