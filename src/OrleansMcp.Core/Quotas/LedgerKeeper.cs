namespace OrleansMcp.Quotas;

/// <summary>
/// Loads <see cref="TenantLedgers"/> once, and saves them before they grant what the stored record does not cover. Callers of
/// <see cref="WriteAsync"/> during a write share that write.
/// </summary>
internal sealed class LedgerKeeper(TenantLedgers ledgers, ILedger ledger)
{
    private readonly Lock _gate = new();
    private Task? _loading;
    private Task? _writing;
    private bool _isClosed;

    /// <summary>The error of a damaged record, when there was one. The open windows count as spent then.</summary>
    public Exception? Damage { get; private set; }

    /// <summary>Completes when the ledgers are loaded.</summary>
    /// <exception cref="IOException">The record cannot be read; the next call tries again.</exception>
    public Task LoadedAsync()
    {
        lock (_gate)
        {
            return _loading is null or { IsFaulted: true } ? _loading = LoadAsync() : _loading;
        }
    }

    /// <summary>
    /// Completes when a record was saved. A write that was under way may not cover the caller's step: the caller tries its step again, and
    /// calls again when it is still not covered.
    /// </summary>
    /// <exception cref="IOException">The record may not have been saved.</exception>
    public Task WriteAsync()
    {
        lock (_gate)
        {
            return _isClosed ? throw new IOException("The tenant's ledgers are closed.")
                : _writing is { IsCompleted: false } ? _writing
                : _writing = Task.Run(() => SaveAsync(final: false));
        }
    }

    /// <summary>Closes the ledgers, which grant nothing from then on, and saves the exact amounts.</summary>
    public async Task CloseAsync()
    {
        Task writing;
        lock (_gate)
        {
            if (_isClosed || _loading is not { IsCompletedSuccessfully: true })
            {
                return;
            }

            _isClosed = true;
            writing = _writing ?? Task.CompletedTask;
        }

        await writing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        ledgers.Close();
        await SaveAsync(final: true);
    }

    private async Task LoadAsync()
    {
        try
        {
            ledgers.Restore(await ledger.LoadAsync(CancellationToken.None), ledger.MayOutliveActor);
        }
        catch (InvalidDataException e)
        {
            Damage = e;
            ledgers.RestoreBlind();
        }
    }

    private async Task SaveAsync(bool final)
    {
        var record = ledgers.Snapshot(final);
        await ledger.SaveAsync(record, CancellationToken.None);
        ledgers.Saved(record);
    }
}
