using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;

namespace OrleansMcp.Grains.Records;

/// <summary>The grain of one namespace: holds its <see cref="RecordSpace"/>.</summary>
[Reentrant, RandomPlacement, GrainType("records")]
internal sealed class RecordSpaceGrain : Grain, IRecordSpaceGrain
{
    private readonly RecordSpace _space;

    public RecordSpaceGrain(IGrainContext context, IRecordStore store, RecordHost host)
    {
        var key = RecordSpaceKey.Parse(context.GrainId.Key.ToString()!);
        _space = new RecordSpace(key, store.Open(key), host);
    }

    public async Task<byte[]> ExecuteAsync(byte[] request)
    {
        try
        {
            return await _space.ExecuteAsync(RecordFormat.ReadRequest(request), CancellationToken.None) is { } reply ? RecordFormat.Write(reply) : [];
        }
        finally
        {
            if (_space.IsLost)
            {
                DeactivateOnIdle();
            }
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => await _space.DisposeAsync();
}
