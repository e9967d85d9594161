using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Quotas;

namespace OrleansMcp.Grains.Tenants;

/// <summary>
/// The ledgers of one tenant in the grain storage of sessions, for one activation. Its writes succeed as long as no other activation has
/// written; a write whose answer was lost is not repeated blindly: the next one begins by reading.
/// </summary>
internal sealed class GrainLedgerStore([FromKeyedServices(SessionStorage.Name)] IGrainStorage storage, GrainId grain) : ILedgerStore
{
    private const string StateName = "ledgers";

    private readonly GrainState<StoredLedgers> _state = new() { State = new StoredLedgers() };
    private bool _isFenced;

    public bool SessionsOutliveTenant => true;

    public async ValueTask<LedgerRecord?> LoadAsync(string tenant, CancellationToken cancellationToken)
    {
        try
        {
            await storage.ReadStateAsync(StateName, grain, _state);
        }
        catch (Exception e) when (e is not (IOException or InvalidDataException))
        {
            throw new IOException("The ledgers cannot be read.", e);
        }

        return _state.RecordExists ? LedgerRecord.Read(_state.State!.Record) : null;
    }

    public async ValueTask SaveAsync(string tenant, LedgerRecord record, CancellationToken cancellationToken)
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
