using OrleansMcp.Quotas;

namespace OrleansMcp.Tests.Quotas;

/// <summary>A store that outlives the actors of a test, counts its writes and fails when told to.</summary>
internal sealed class MemoryLedgerStore : ILedgerStore
{
    private byte[]? _record;

    public bool SessionsOutliveTenant { get; init; }

    public bool Fails { get; set; }

    public bool IsDamaged { get; set; }

    public int Writes { get; private set; }

    public ValueTask<LedgerRecord?> LoadAsync(string tenant, CancellationToken cancellationToken) =>
        Fails ? throw new IOException("The store does not answer.")
        : IsDamaged ? throw new InvalidDataException("Nobody can read this.")
        : new(_record is null ? null : LedgerRecord.Read(_record));

    public ValueTask SaveAsync(string tenant, LedgerRecord record, CancellationToken cancellationToken)
    {
        if (Fails)
        {
            throw new IOException("The store does not answer.");
        }

        Writes++;
        _record = record.ToBytes();
        return ValueTask.CompletedTask;
    }
}
