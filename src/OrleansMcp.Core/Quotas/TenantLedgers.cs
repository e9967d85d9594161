using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Quotas;

/// <summary>
/// The ledgers of one tenant, its clients and their sessions, in memory. Every change is one synchronous step under one lock. Nothing is
/// granted that the stored record does not cover (<see cref="LedgerKeeper"/> saves it).
/// </summary>
internal sealed partial class TenantLedgers(string tenant, IConfigurationSource configuration, TimeProvider time, WindowCounters counters)
{
    /// <summary>For how many minutes after the present one a saved record holds.</summary>
    private const int Ahead = 2;

    private static readonly TimeSpan s_extensionPause = TimeSpan.FromSeconds(5);

    private static readonly TenantConfiguration s_unknownTenant = new() { Id = "" };
    private static readonly ClientConfiguration s_unknownClient = new()
    {
        Id = "", Quotas = new() { Sessions = 0, SessionsPerMinute = 0, CallsPerMinute = 0, RequestsPerMinute = 0, WritesPerMinute = 0 },
    };

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ClientAccount> _clients = new(StringComparer.Ordinal);
    private WindowLedger _spent = new(0);
    private long _coveredTo = -1; // the last minute that the stored record holds for
    private DateTimeOffset _nextExtension;
    private bool _mayOutliveActor;
    private long _blindWindow = -1;
    private bool _isBlind;
    private bool _isClosed;

    private TenantConfiguration Registered => configuration.Current.Tenants.GetValueOrDefault(tenant) ?? s_unknownTenant;

    /// <summary>Starts from the record of a former actor.</summary>
    /// <param name="record">The stored record; null when there is none.</param>
    /// <param name="mayOutliveActor">Whether calls that the former actor admitted may still run
    /// (<see cref="ILedger.MayOutliveActor"/>).</param>
    public void Restore(LedgerRecord? record, bool mayOutliveActor)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _mayOutliveActor = mayOutliveActor;
            if (record is null)
            {
                return;
            }

            counters.Restore(record.Counters);
            RestoreNamespaces(record);
            var window = Math.Max(record.Window, Math.Min(WindowOf(now), record.Through));
            _coveredTo = record.Through;
            _spent = new WindowLedger(window, record.Tenant);
            foreach (var account in _clients.Values)
            {
                account.Spent = new WindowLedger(window); // Accounts made so far by Restore(RegisteredSession) have spent nothing.
            }

            foreach (var (client, reserved) in record.Clients)
            {
                var account = Account(client);
                account.Spent = new WindowLedger(window, reserved);
                foreach (var (session, spent) in record.Sessions?.GetValueOrDefault(client) ?? [])
                {
                    account.SpentBySessions[new SessionKey(session)] = new WindowLedger(record.Window, spent);
                }
            }

            _blindWindow = record.Sessions is null ? window : -1;
            if (record.SpentAt is { } spentAt)
            {
                CountAsSpent(spentAt, window);
            }

            foreach (var (client, slots) in mayOutliveActor ? record.Slots : [])
            {
                var account = Account(client);
                account.Slots.RestoreOrphanedSlots(slots, now);
                account.SlotsReserved = account.SlotsAimed = slots;
            }
        }
    }

    /// <summary>Starts after a damaged record: the open windows of all clients count as spent.</summary>
    public void RestoreBlind()
    {
        lock (_gate)
        {
            CountAsSpent(time.GetUtcNow(), window: 0);
        }
    }

    /// <summary>Adds a session that a former actor had opened.</summary>
    public void Restore(RegisteredSession session)
    {
        lock (_gate)
        {
            // The row is written when a message has come, and names the time by which the next one must come.
            Account(session.Client).Sessions.Restore(session, session.DueAt - configuration.Current.Sessions.IdleTimeout);
        }
    }

    public long StateOf(string client, SessionKey session)
    {
        lock (_gate)
        {
            return _clients.TryGetValue(client, out var account) ? account.Sessions.StateOf(session) : 0;
        }
    }

    /// <summary>When to check a session for expiry; null when <see cref="Watch"/> was not called for it.</summary>
    public DateTimeOffset? DueAt(string client, SessionKey session)
    {
        lock (_gate)
        {
            return _clients.TryGetValue(client, out var account) ? account.Sessions.DueAt(session) : null;
        }
    }

    public void Watch(string client, SessionKey session, DateTimeOffset due)
    {
        lock (_gate)
        {
            Account(client).Sessions.Watch(session, due);
        }
    }

    /// <summary>Moves the next check of a watched session to <paramref name="due"/>.</summary>
    public void Postpone(string client, SessionKey session, DateTimeOffset due)
    {
        lock (_gate)
        {
            Account(client).Sessions.Postpone(session, due);
        }
    }

    /// <summary>Lets the next expiry check look at all sessions of a client, or of all clients when null.</summary>
    public void CheckNow(string? client)
    {
        lock (_gate)
        {
            foreach (var account in _clients.Values.Where(account => client is null || account.Client == client))
            {
                account.Sessions.CheckAllBy(time.GetUtcNow());
            }
        }
    }

    /// <summary>Removes what passivated sessions left behind: slots that were not renewed, and ledgers in which nothing is spent.</summary>
    public void Tidy()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            Turn(now);
            foreach (var account in _clients.Values)
            {
                account.Slots.Expire(now);
            }
        }
    }

    /// <summary>The sessions to check for expiry by <paramref name="now"/>, with their clients.</summary>
    public IReadOnlyList<(string Client, SessionKey Session)> ListDue(DateTimeOffset now)
    {
        lock (_gate)
        {
            return [.. _clients.SelectMany(pair => pair.Value.Sessions.DueBy(now).Select(session => (pair.Key, session)))];
        }
    }

    /// <summary>Closes the ledgers: every later request throws <see cref="IOException"/>.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }
    }

    /// <summary>
    /// Releases the place and the state of a session. What it has spent stays spent, and its slots are held until its calls end.
    /// </summary>
    public void Close(string client, SessionKey session)
    {
        lock (_gate)
        {
            if (_clients.TryGetValue(client, out var account))
            {
                account.Sessions.Remove(session);
            }
        }
    }

    public SessionKey[] List(string? client)
    {
        lock (_gate)
        {
            return [.. _clients.Where(pair => client is null || pair.Key == client).SelectMany(pair => pair.Value.Sessions.Open)];
        }
    }

    private static long WindowOf(DateTimeOffset now) => now.UtcTicks / TimeSpan.TicksPerMinute;

    private static DateTimeOffset EndOf(long window) => new((window + 1) * TimeSpan.TicksPerMinute, TimeSpan.Zero);

    private static ClientConfiguration ClientOf(TenantConfiguration registered, string client) =>
        registered.Clients.GetValueOrDefault(client) ?? s_unknownClient;

    private static QuotaConfiguration SessionQuotasOf(TenantConfiguration registered, string client) =>
        QuotaConfiguration.Tighter(registered.SessionQuotas, ClientOf(registered, client).SessionQuotas);

    private void CountAsSpent(DateTimeOffset openAt, long window)
    {
        counters.CountAsSpent(openAt);
        if (WindowOf(openAt) >= window)
        {
            (_blindWindow, _isBlind) = (WindowOf(openAt), true);
        }
    }

    private ClientAccount Account(string client)
    {
        if (!_clients.TryGetValue(client, out var account))
        {
            _clients.Add(client, account = new ClientAccount(tenant, client, new WindowLedger(_spent.Window)));
        }

        return account;
    }

    /// <summary>Turns all ledgers to the minute of <paramref name="now"/> if they are behind, and returns its number.</summary>
    private long Turn(DateTimeOffset now)
    {
        var window = Math.Max(WindowOf(now), _spent.Window);
        if (window == _spent.Window)
        {
            return window;
        }

        var registered = Registered;
        var isCovered = window <= _coveredTo;
        _spent.Turn(window, registered.Quotas, isCovered);
        foreach (var (client, account) in _clients)
        {
            account.Spent.Turn(window, ClientOf(registered, client).Quotas, isCovered);
            TurnSlots(account, Math.Min(ClientOf(registered, client).Quotas.ConcurrentCalls, registered.Quotas.ConcurrentCalls));
            var budgets = SessionQuotasOf(registered, client);
            foreach (var (session, ledger) in account.SpentBySessions.ToList())
            {
                ledger.Turn(window, budgets, isCovered: false);
                if (ledger.IsBlank)
                {
                    account.SpentBySessions.Remove(session);
                }
            }
        }

        return window;
    }
}
