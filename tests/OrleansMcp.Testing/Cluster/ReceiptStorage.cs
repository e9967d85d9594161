using OrleansMcp.Sessions.State;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Cluster;

/// <summary>Grain storage that deletes a session and appends the receipt of its end in one step, which needs space like any other write.</summary>
internal sealed class ReceiptStorage : DurableStorage, IReceiptAppendingStorage
{
    private readonly AuditList _audit;

    public ReceiptStorage(AuditList audit)
    {
        _audit = audit;
        audit.HoldsReceipts = true;
    }

    protected override void Clear(object? state)
    {
        if (RefusesWrites)
        {
            throw new TimeoutException("The storage is full.");
        }

        if (state is StoredSession { Receipt: { } receipt })
        {
            _audit.Append(receipt);
        }
    }
}
