using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Storage;

namespace OrleansMcp.Tenants;

/// <summary>The actor of one tenant: which sessions its clients have open, and what is left of their budgets.</summary>
public sealed partial class Tenant : ITenant
{
    private const int RetryAfterSeconds = 30;

    private readonly string _id;
    private readonly IConfigurationSource _configuration;
    private readonly TimeProvider _time;
    private readonly ISignals _signals;
    private readonly ILogger _logger;
    private readonly TenantLedgers _ledgers;
    private readonly LedgerKeeper _keeper;

    /// <param name="id">The tenant's id.</param>
    /// <param name="configuration">Where its clients and their quotas are registered.</param>
    /// <param name="time">The clock of the windows.</param>
    /// <param name="store">Keeps its ledgers.</param>
    /// <param name="signals">Raised when something of another tenant comes here.</param>
    /// <param name="logger">Told of ledgers that cannot be read or written.</param>
    public Tenant(string id, IConfigurationSource configuration, TimeProvider time, ILedgerStore store, ISignals signals, ILogger logger)
    {
        (_id, _configuration, _time, _signals, _logger) = (id, configuration, time, signals, logger);
        _ledgers = new TenantLedgers(id, configuration, time, _counters);
        _keeper = new LedgerKeeper(_ledgers, store.Open(id));
        _outputs = new(configuration, time);
        _calls = new(time);
    }

    /// <summary>Another actor writes this tenant's ledgers: this one grants nothing any more and must go.</summary>
    public bool IsFenced { get; private set; }

    /// <summary>The ledgers are damaged, and the way back is not this actor's: it grants nothing. Told to the log by whoever stops the tenant.</summary>
    public StoreDamagedException? Damage { get; private set; }

    /// <inheritdoc/>
    public async ValueTask<SessionRefusal?> RegisterAsync(string client, SessionKey session, CancellationToken cancellationToken)
    {
        if (_configuration.Current.FindClient(_id, client) is null)
        {
            return new SessionRefusal("client_unknown", "This client is not registered any more.", RetryAfterSeconds);
        }

        QuotaRefusal? refusal = null;
        await CoveredAsync(() => _ledgers.TryOpen(client, session, out refusal));
        return refusal is null ? null : new SessionRefusal(QuotaRefusal.Code, refusal.Message, refusal.RetryAfterSeconds);
    }

    /// <inheritdoc/>
    public ValueTask UnregisterAsync(string client, SessionKey session, CancellationToken cancellationToken)
    {
        _ledgers.Close(client, session);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<QuotaLease> LeaseAsync(QuotaRequest request, CancellationToken cancellationToken)
    {
        var (charged, lease) = (false, new QuotaLease(_time.GetUtcNow()) { IsUnavailable = true });
        try
        {
            await CoveredAsync(() => _ledgers.TryLease(request, ref charged, out lease));
            return lease;
        }
        catch (IOException)
        {
            return new QuotaLease(_time.GetUtcNow()) { IsUnavailable = true, HasCharged = charged };
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<QuotaLeft>> ReadQuotasAsync(string client, SessionKey session, CancellationToken cancellationToken)
    {
        await LoadedAsync();
        return _ledgers.Read(client, session);
    }

    /// <inheritdoc/>
    public async ValueTask<StateCharge> KeepAsync(string client, string name, long bytes, bool isHeld, CancellationToken cancellationToken)
    {
        var charge = new StateCharge(0);
        await CoveredAsync(() => _ledgers.TryKeep(client, name, bytes, isHeld, out charge));
        return charge;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SessionKey>> ListSessionsAsync(string? client, CancellationToken cancellationToken) => new(_ledgers.List(client));

    /// <summary>Puts back a session that was open before this actor began; it is open whatever the cap says by now. Too much state is corrected when it comes to life.</summary>
    /// <exception cref="ArgumentException">Its key is no session's of the tenant.</exception>
    public void Restore(RegisteredSession session) => _ledgers.Restore(session);

    /// <summary>The session as the registry is to list it: with the state that it was last granted.</summary>
    public RegisteredSession Describe(string client, SessionKey session, DateTimeOffset due) => new(client, session, due, _ledgers.StateOf(client, session));

    /// <summary>When to look after a session; null when nobody has said.</summary>
    public DateTimeOffset? DueAt(string client, SessionKey session) => _ledgers.DueAt(client, session);

    /// <summary>Looks after a session from now on, for the first time at <paramref name="due"/>.</summary>
    public void Watch(string client, SessionKey session, DateTimeOffset due) => _ledgers.Watch(client, session, due);

    /// <summary>Looks after a session later, if it is still there.</summary>
    public void Postpone(string client, SessionKey session, DateTimeOffset due) => _ledgers.Postpone(client, session, due);

    /// <summary>Lets go of what sessions that are asleep have left in memory. To be called now and then.</summary>
    public void Tidy() => _ledgers.Tidy();

    /// <summary>The sessions to look after by now, and whose they are.</summary>
    public IReadOnlyList<(string Client, SessionKey Session)> ListDue() => _ledgers.ListDue(_time.GetUtcNow());

    /// <summary>
    /// Writes down what was spent, exactly, and grants nothing from then on. Best effort: without it, what was reserved counts as spent.
    /// </summary>
    public async Task CloseAsync()
    {
        try
        {
            await _keeper.CloseAsync();
        }
        catch (IOException e)
        {
            LogNotClosed(_logger, e, _id);
        }
    }

    /// <summary>Takes a step that hands something out, when the store covers it.</summary>
    /// <exception cref="IOException">The store could not be read or written; nothing was handed out.</exception>
    private async ValueTask CoveredAsync(Func<bool> step)
    {
        await LoadedAsync();
        while (!step())
        {
            await WriteAsync();
        }

        if (_ledgers.IsExtensionDue())
        {
            _ = ExtendAsync();
        }
    }

    /// <summary>Tells the store of the present minute before anybody needs it.</summary>
    private async Task ExtendAsync()
    {
        try
        {
            await WriteAsync();
        }
        catch (IOException)
        {
            // Said already. What was written before holds for a while.
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await _keeper.WriteAsync();
        }
        catch (IOException e)
        {
            IsFenced |= e is LedgerFencedException;
            LogNotWritten(_logger, e, _id);
            throw;
        }
    }

    private async ValueTask LoadedAsync()
    {
        var loading = _keeper.LoadedAsync();
        if (loading.IsCompletedSuccessfully)
        {
            return;
        }

        try
        {
            await loading;
            if (_keeper.Damage is { } damage)
            {
                LogDamaged(_logger, damage, _id);
            }
        }
        catch (StoreDamagedException e)
        {
            Damage = e;
            throw;
        }
        catch (IOException e)
        {
            LogNotRead(_logger, e, _id);
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The quota ledgers of tenant {Tenant} cannot be read; nothing is granted until they can.")]
    private static partial void LogNotRead(ILogger logger, Exception exception, string tenant);

    [LoggerMessage(Level = LogLevel.Error, Message = "The quota ledgers of tenant {Tenant} are damaged; the open windows count as spent.")]
    private static partial void LogDamaged(ILogger logger, Exception exception, string tenant);

    [LoggerMessage(Level = LogLevel.Error, Message = "The quota ledgers of tenant {Tenant} cannot be written; nothing more is granted until they can.")]
    private static partial void LogNotWritten(ILogger logger, Exception exception, string tenant);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The quota ledgers of tenant {Tenant} were not closed in order; what was reserved counts as spent.")]
    private static partial void LogNotClosed(ILogger logger, Exception exception, string tenant);
}
