using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Cutoffs;
using OrleansMcp.Quotas;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Storage;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Tenants;

/// <summary>The actor of one tenant: the open sessions of its clients, and the ledgers of their quotas.</summary>
public sealed partial class Tenant : ITenant
{
    private const int RetryAfterSeconds = 30;

    private readonly string _id;
    private readonly IConfigurationSource _configuration;
    private readonly TimeProvider _time;
    private readonly ISignals _signals;
    private readonly ISessionDirectory _sessions;
    private readonly ILogger _logger;
    private readonly TenantLedgers _ledgers;
    private readonly LedgerKeeper _keeper;
    private readonly LogThrottle _logged = new(); // Each call of a client may find the store away.

    /// <param name="id">The tenant's id.</param>
    /// <param name="configuration">The registered clients and their quotas.</param>
    /// <param name="time">The clock of the windows.</param>
    /// <param name="store">Stores the ledgers.</param>
    /// <param name="records">Stores the marks of <see cref="CutOffAsync"/>, and the approved definitions of other servers' tools.</param>
    /// <param name="sessions">Finds the sessions that are asked to make room.</param>
    /// <param name="signals">Raises <c>cross_tenant_attempt</c> for requests of other tenants.</param>
    /// <param name="logger">Logs ledgers that cannot be read or written.</param>
    public Tenant(string id, IConfigurationSource configuration, TimeProvider time, ILedgerStore store, IRecordStore records, ISessionDirectory sessions, ISignals signals, ILogger logger)
    {
        (_id, _configuration, _time, _sessions, _signals, _logger) = (id, configuration, time, sessions, signals, logger);
        _ledgers = new TenantLedgers(id, configuration, time, _counters);
        _keeper = new LedgerKeeper(_ledgers, store.Open(id));
        _cutoffs = new CutoffLog(records, id, time);
        _pins = new TenantPins(records, id, time);
        _outputs = new(configuration, time);
        _calls = new(time);
    }

    /// <summary>Another actor writes this tenant's ledgers: this one grants nothing any more and must be deactivated.</summary>
    public bool IsFenced { get; private set; }

    /// <summary>
    /// The ledgers are damaged and must be restored by an operator: this actor grants nothing. The code that stops the tenant logs it.
    /// </summary>
    public StoreDamagedException? Damage { get; private set; }

    /// <inheritdoc/>
    public async ValueTask<SessionRefusal?> RegisterAsync(
        SessionOwner owner, SessionKey session, DateTimeOffset openedAt, CancellationToken cancellationToken)
    {
        if (_configuration.Current.FindClient(_id, owner.Client) is null)
        {
            return new SessionRefusal("client_unknown", "This client is not registered any more.", RetryAfterSeconds);
        }

        if (RefuseCutOff(owner, openedAt) is { } refused)
        {
            return refused;
        }

        return await OpenAsync(owner.Client, session, cancellationToken) is { } refusal
            ? SessionRefusal.OverQuota(refusal)
            : null;
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
    public ValueTask<QuotaRefusal?> CountRequestsAsync(string client, long requests, CancellationToken cancellationToken) =>
        new(_ledgers.CountRequests(client, requests));

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

    /// <summary>
    /// Adds a session that a former actor had opened; it stays open even if the quotas would refuse it now. Its state is counted as
    /// registered, and corrected when the session is activated.
    /// </summary>
    /// <exception cref="ArgumentException">The key belongs to no session of the tenant.</exception>
    public void Restore(RegisteredSession session) => _ledgers.Restore(session);

    /// <summary>Makes the registry entry of a session, with the state that it was last granted.</summary>
    public RegisteredSession Describe(string client, SessionKey session, DateTimeOffset due) => new(client, session, due, _ledgers.StateOf(client, session));

    /// <summary>When to check a session for expiry; null when <see cref="Watch"/> was not called for it.</summary>
    public DateTimeOffset? DueAt(string client, SessionKey session) => _ledgers.DueAt(client, session);

    /// <summary>Checks a session for expiry from now on, for the first time at <paramref name="due"/>.</summary>
    public void Watch(string client, SessionKey session, DateTimeOffset due) => _ledgers.Watch(client, session, due);

    /// <summary>Moves the next check of a watched session to <paramref name="due"/>.</summary>
    public void Postpone(string client, SessionKey session, DateTimeOffset due) => _ledgers.Postpone(client, session, due);

    /// <summary>Removes what passivated sessions have left in memory. Called periodically.</summary>
    public void Tidy() => _ledgers.Tidy();

    /// <summary>The sessions to check for expiry now, with their clients.</summary>
    public IReadOnlyList<(string Client, SessionKey Session)> ListDue() => _ledgers.ListDue(_time.GetUtcNow());

    /// <summary>
    /// Saves the exact amounts, and grants nothing from then on. Best effort: when it fails, what was reserved counts as spent.
    /// </summary>
    public async Task CloseAsync()
    {
        await _cutoffs.CloseAsync();
        await _pins.CloseAsync();
        try
        {
            await _keeper.CloseAsync();
        }
        catch (IOException e)
        {
            LogNotClosed(_logger, e, _id);
        }
    }

    /// <summary>Runs a step that grants something, and saves records until the stored one covers it.</summary>
    /// <exception cref="IOException">The store could not be read or written; nothing was granted.</exception>
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

    /// <summary>Saves a record for the present minute before a request needs it.</summary>
    private async Task ExtendAsync()
    {
        try
        {
            await WriteAsync();
        }
        catch (IOException)
        {
            // WriteAsync has logged it. The stored record holds for the next minutes.
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
            if (_logged.Admits("not written", _id, client: null, _time.GetUtcNow(), out var suppressed))
            {
                LogNotWritten(_logger, e, _id, suppressed);
            }

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
            if (_logged.Admits("not read", _id, client: null, _time.GetUtcNow(), out var suppressed))
            {
                LogNotRead(_logger, e, _id, suppressed);
            }

            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The quota ledgers of tenant {Tenant} cannot be read; nothing is granted until they can ({Suppressed} more were not logged).")]
    private static partial void LogNotRead(ILogger logger, Exception exception, string tenant, long suppressed);

    [LoggerMessage(Level = LogLevel.Error, Message = "The quota ledgers of tenant {Tenant} are damaged; the open windows count as spent.")]
    private static partial void LogDamaged(ILogger logger, Exception exception, string tenant);

    [LoggerMessage(Level = LogLevel.Error, Message = "The quota ledgers of tenant {Tenant} cannot be written; nothing more is granted until they can ({Suppressed} more were not logged).")]
    private static partial void LogNotWritten(ILogger logger, Exception exception, string tenant, long suppressed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The quota ledgers of tenant {Tenant} were not closed in order; what was reserved counts as spent.")]
    private static partial void LogNotClosed(ILogger logger, Exception exception, string tenant);
}
