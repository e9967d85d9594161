namespace OrleansMcp.Quotas;

/// <summary>
/// Reads the ledgers once and writes them ahead of what they hand out. Writers that come while a write is under way share the next one.
/// </summary>
internal sealed class LedgerKeeper(TenantLedgers ledgers, ILedger ledger)
{
    private readonly Lock _gate = new();
    private Task? _loading;
    private Task? _writing;
    private bool _isClosed;

    /// <summary>The ledgers were found damaged, and the open windows count as spent.</summary>
    public Exception? Damage { get; private set; }

    /// <summary>Completes when the ledgers are those of the store.</summary>
    /// <exception cref="IOException">They cannot be read; tried again by the next caller.</exception>
    public Task LoadedAsync()
    {
        lock (_gate)
        {
            return _loading is null or { IsFaulted: true } ? _loading = LoadAsync() : _loading;
        }
    }

    /// <summary>Completes when the store has taken what the ledgers aimed at. Or some of it: whoever needs more calls again.</summary>
    /// <exception cref="IOException">It has not, as far as anybody knows.</exception>
    public Task WriteAsync()
    {
        lock (_gate)
        {
            return _isClosed ? throw new IOException("The tenant's ledgers are closed.")
                : _writing is { IsCompleted: false } ? _writing
                : _writing = Task.Run(() => SaveAsync(final: false));
        }
    }

    /// <summary>Writes down what was spent exactly; nothing is handed out any more.</summary>
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
