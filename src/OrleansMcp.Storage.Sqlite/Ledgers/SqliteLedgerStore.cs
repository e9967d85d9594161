using System.Collections.Concurrent;
using OrleansMcp.Quotas;
using OrleansMcp.Storage.Sqlite.Database;

namespace OrleansMcp.Storage.Sqlite.Ledgers;

/// <summary>
/// Ledgers of tenants. A tenant's actor may be deactivated while its sessions continue. But no session outlives the process, which is the
/// only one on the database, so the first actor of a process finds no sessions of an earlier one.
/// </summary>
internal sealed class SqliteLedgerStore(StoreDatabase database) : ILedgerStore
{
    private readonly ConcurrentDictionary<string, bool> _opened = new(StringComparer.Ordinal);

    public ILedger Open(string tenant) => new SqliteLedger(database, tenant, mayOutliveActor: !_opened.TryAdd(tenant, true));
}

/// <summary>The ledger of one tenant, for one actor.</summary>
internal sealed class SqliteLedger(StoreDatabase database, string tenant, bool mayOutliveActor) : ILedger
{
    private long _version;
    private bool _isFenced;

    /// <inheritdoc/>
    public bool MayOutliveActor => mayOutliveActor;

    /// <inheritdoc/>
    public async ValueTask<LedgerRecord?> LoadAsync(CancellationToken cancellationToken)
    {
        var (found, restoredAt) = await database.Readers.RunAsync(
            connection => (LedgerRow.Read(connection, tenant), Meta.Read(connection, Meta.RestoredAt)), cancellationToken);
        _version = found?.Version ?? 0;
        return restoredAt is { } ticks ? Spent(found?.Record, new DateTimeOffset(ticks, TimeSpan.Zero)) : found?.Record;
    }

    /// <inheritdoc/>
    public async ValueTask SaveAsync(LedgerRecord record, CancellationToken cancellationToken)
    {
        var (content, former) = (record.ToBytes(), _version);
        if (_isFenced || !await database.Writer.RunAsync(content.Length + 512, connection => LedgerRow.TryWrite(connection, tenant, former, content)))
        {
            _isFenced = true;
            throw new LedgerFencedException(inner: null);
        }

        _version++;
    }

    /// <summary>What was spent between the back-up and its restore is unknown: windows that were open at the restore count as spent.</summary>
    private static LedgerRecord Spent(LedgerRecord? record, DateTimeOffset restoredAt) => record is null
        ? new LedgerRecord { Window = restoredAt.UtcTicks / TimeSpan.TicksPerMinute, SpentAt = restoredAt }
        : record with { SpentAt = record.SpentAt > restoredAt ? record.SpentAt : restoredAt };
}
