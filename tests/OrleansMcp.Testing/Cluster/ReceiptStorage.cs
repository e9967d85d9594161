using OrleansMcp.State;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Cluster;

/// <summary>Grain storage that deletes a session and appends the receipt of its end in one step, which needs space like any other write.</summary>
internal sealed class ReceiptStorage(AuditList audit) : DurableStorage, IReceiptAppendingStorage
{
    protected override void Clear(object? state)
    {
        if (RefusesWrites)
        {
            throw new TimeoutException("The storage is full.");
        }

        if (state is StoredSession { Receipt: { } receipt })
        {
            audit.Append(receipt);
        }
    }
}
