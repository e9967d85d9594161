using OrleansMcp.Records;
using OrleansMcp.Records.Log;

namespace OrleansMcp.Tests.Cluster;

/// <summary>Records that outlive the cluster of a test, until they are forgotten.</summary>
internal sealed class DurableRecords : IRecordStore
{
    private volatile VolatileRecordStore _store = new();

    public IRecordLog Open(RecordSpaceKey key) => _store.Open(key);

    public void Clear() => _store = new();
}
