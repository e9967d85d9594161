using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions.State;

namespace OrleansMcp.Grains.Tenants;

/// <summary>Stores ledgers in the grain storage of sessions, for storage providers without a ledger store of their own.</summary>
internal sealed class GrainLedgerStore([FromKeyedServices(SessionStorage.Name)] IGrainStorage storage) : ILedgerStore
{
    public ILedger Open(string tenant) => new GrainLedger(storage, GrainId.Create(TenantGrain.GrainType, tenant), tenant);
}

/// <summary>
/// The ledger of one tenant, for one activation. Its writes succeed until another activation writes, because they carry the ETag of the
/// last known write. After a write whose answer was lost, the next one may find another ETag and fence this activation; the next activation
/// reads the record.
/// </summary>
internal sealed class GrainLedger(IGrainStorage storage, GrainId grain, string tenant) : ILedger
{
    private const string StateName = "ledgers";

    /// <summary>The tenant's actor and its sessions may be on different silos.</summary>
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
            throw new InvalidDataException(damage.Message, e); // Some providers wrap the exception of the serializer.
        }
        catch (Exception e) when (e is not (IOException or InvalidDataException))
        {
            throw new IOException("The ledgers cannot be read.", e);
        }

        return !_state.RecordExists ? _state.ETag is null ? null : throw new InvalidDataException("The row of the ledgers is there, and holds none.")
            : _state.State!.Tenant == tenant ? LedgerRecord.Read(_state.State.Record)
            : throw new InvalidDataException("The ledgers are those of another tenant.");
    }

    public async ValueTask SaveAsync(LedgerRecord record, CancellationToken cancellationToken)
    {
        if (_isFenced)
        {
            throw new LedgerFencedException(inner: null);
        }

        try
        {
            _state.State = new StoredLedgers { Record = record.ToBytes(), Tenant = tenant };
            await storage.WriteStateAsync(StateName, grain, _state);
            _state.RecordExists = true;
        }
        catch (Exception e)
        {
            // The write may have happened: then the ETag here is out of date, the next write fails, and a new activation must read the record.
            _isFenced = e is InconsistentStateException;
            throw _isFenced ? new LedgerFencedException(e) : new IOException("The ledgers could not be written.", e);
        }
    }
}
