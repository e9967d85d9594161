using OrleansMcp.Grains.Directory;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;

namespace OrleansMcp.Grains.Records;

/// <summary>Finds namespaces in the cluster.</summary>
internal sealed class ClusterRecordSpaces(IGrainFactory grains) : IRecordSpaceDirectory
{
    public IRecordSpace Get(RecordSpaceKey key) => new ClusterRecordSpace(grains.GetGrain<IRecordSpaceGrain>(key.Value));
}

/// <summary>
/// A reference to a namespace. Calls are repeated while its silo is lost: a read may run twice, and a transaction is not made twice under
/// the same id.
/// </summary>
internal sealed class ClusterRecordSpace(IRecordSpaceGrain grain) : IRecordSpace
{
    public async ValueTask<RecordReply> ExecuteAsync(RecordRequest request, CancellationToken cancellationToken)
    {
        var bytes = RecordFormat.Write(request);
        return RecordFormat.ReadReply(await GrainRetry.RunAsync(() => grain.ExecuteAsync(bytes), static reply => reply.Length == 0));
    }
}
