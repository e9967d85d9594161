using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions.State;

namespace OrleansMcp.Grains.Tenants;

/// <summary>Ledgers in the grain storage of sessions: for every provider of Orleans that has no ledger store of its own.</summary>
internal sealed class GrainLedgerStore([FromKeyedServices(SessionStorage.Name)] IGrainStorage storage) : ILedgerStore
{
    public ILedger Open(string tenant) => new GrainLedger(storage, GrainId.Create(TenantGrain.GrainType, tenant));
}

/// <summary>
/// The ledger of one tenant, for one activation. Its writes succeed as long as no other activation has written; a write whose answer was lost
/// is not repeated blindly: the next one begins by reading.
/// </summary>
internal sealed class GrainLedger(IGrainStorage storage, GrainId grain) : ILedger
{
    private const string StateName = "ledgers";

    /// <summary>The silo of the actor is not that of its sessions.</summary>
    public bool MayOutliveActor => true;

    private readonly GrainState<StoredLedgers> _state = new() { State = new StoredLedgers() };
    private bool _isFenced;

    public async ValueTask<LedgerRecord?> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await storage.ReadStateAsync(StateName, grain, _state);
        }
        catch (AggregateException e) when (e.InnerException is InvalidDataException damage)
        {
            throw new InvalidDataException(damage.Message, e); // Some providers wrap what a serializer says.
        }
        catch (Exception e) when (e is not (IOException or InvalidDataException))
        {
            throw new IOException("The ledgers cannot be read.", e);
        }

        return _state.RecordExists ? LedgerRecord.Read(_state.State!.Record) : null;
    }

    public async ValueTask SaveAsync(LedgerRecord record, CancellationToken cancellationToken)
    {
        if (_isFenced)
        {
            throw new LedgerFencedException(inner: null);
        }

        try
        {
            _state.State = new StoredLedgers { Record = record.ToBytes() };
            await storage.WriteStateAsync(StateName, grain, _state);
            _state.RecordExists = true;
        }
        catch (Exception e)
        {
            // It may have happened after all. Then the ETag at hand is out of date, and only a new activation finds out what is there.
            _isFenced = e is InconsistentStateException;
            throw _isFenced ? new LedgerFencedException(e) : new IOException("The ledgers could not be written.", e);
        }
    }
}
