using Orleans.Storage;
using OrleansMcp.Auditing;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;

namespace OrleansMcp.Grains.Storage;

/// <summary>
/// Deletes the record: in one commit with the receipt where the storage is an <see cref="IReceiptAppendingStorage"/>, alone elsewhere.
/// </summary>
internal sealed partial class GrainSessionStore
{
    public bool AppendsReceipts => storage is IReceiptAppendingStorage;

    public async ValueTask DeleteAsync(SessionKey key, CancellationToken cancellationToken)
    {
        ThrowIfFenced();
        if (_state.RecordExists)
        {
            await ClearAsync();
        }
    }

    public async ValueTask<bool> EndAsync(SessionKey key, AuditEntry receipt, CancellationToken cancellationToken)
    {
        try
        {
            await SettleAsync(key);
        }
        catch (SessionRecordMovedException)
        {
            // A former write has happened: its record is the one to delete.
        }

        if (!_state.RecordExists)
        {
            return false;
        }

        var former = _state.State;
        try
        {
            await ClearAsync(new StoredSession { Receipt = receipt });
        }
        catch (IOException e) when (e is not SessionFencedException)
        {
            _state.State = former;
            if (!await IsGoneAsync())
            {
                throw;
            }
        }

        return true;
    }

    private Task ClearAsync(StoredSession last)
    {
        _state.State = last;
        return ClearAsync();
    }

    private async Task ClearAsync()
    {
        try
        {
            await storage.ClearStateAsync(StateName, grain, _state);
        }
        catch (InconsistentStateException e)
        {
            throw Fence(e);
        }
        catch (Exception e) when (e is not IOException)
        {
            throw new IOException("The session's record could not be deleted.", e);
        }

        _state.RecordExists = false;
    }

    /// <summary>Whether a deletion whose answer was lost has happened. False when the store does not answer.</summary>
    private async Task<bool> IsGoneAsync()
    {
        var found = NewState();
        try
        {
            await storage.ReadStateAsync(StateName, grain, found).WaitAsync(s_lookFor, SessionTimings.Clock);
        }
        catch (Exception)
        {
            return false;
        }

        _state.RecordExists = found.RecordExists;
        return !found.RecordExists;
    }
}
