using OrleansMcp.Quotas;

namespace OrleansMcp.Tests.Quotas;

/// <summary>A store of one tenant that outlives the actors of a test, counts its writes and fails when told to.</summary>
internal sealed class MemoryLedgerStore : ILedgerStore
{
    private byte[]? _record;
    private long _version;

    public bool SessionsOutliveActor { get; init; }

    public bool Fails { get; set; }

    public bool IsDamaged { get; set; }

    public int Writes { get; private set; }

    public int FailedWrites { get; private set; }

    public ILedger Open(string tenant) => new MemoryLedger(this);

    private sealed class MemoryLedger(MemoryLedgerStore store) : ILedger
    {
        private long _seen;

        public bool MayOutliveActor => store.SessionsOutliveActor;

        public ValueTask<LedgerRecord?> LoadAsync(CancellationToken cancellationToken)
        {
            _seen = store._version;
            return store.Fails ? throw new IOException("The store does not answer.")
                : store.IsDamaged ? throw new InvalidDataException("Nobody can read this.")
                : new(store._record is null ? null : LedgerRecord.Read(store._record));
        }

        public ValueTask SaveAsync(LedgerRecord record, CancellationToken cancellationToken)
        {
            if (store.Fails)
            {
                store.FailedWrites++;
                throw new IOException("The store does not answer.");
            }

            if (store._version != _seen)
            {
                throw new LedgerFencedException(inner: null);
            }

            store.Writes++;
            store._record = record.ToBytes();
            _seen = ++store._version;
            return ValueTask.CompletedTask;
        }
    }
}
