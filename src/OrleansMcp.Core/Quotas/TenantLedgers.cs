using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Quotas;

/// <summary>
/// The ledgers of one tenant, its clients and their sessions, in memory. Every change is one synchronous step under one lock. Nothing is
/// handed out that the record in the store does not cover (<see cref="LedgerKeeper"/> writes it).
/// </summary>
internal sealed partial class TenantLedgers(string tenant, IConfigurationSource configuration, TimeProvider time, WindowCounters counters)
{
    /// <summary>For how many minutes after the present one a write holds.</summary>
    private const int Ahead = 2;

    private static readonly TimeSpan s_extensionPause = TimeSpan.FromSeconds(5);

    private static readonly TenantConfiguration s_unknownTenant = new() { Id = "" };
    private static readonly ClientConfiguration s_unknownClient = new()
    {
        Id = "", Quotas = new() { Sessions = 0, SessionsPerMinute = 0, CallsPerMinute = 0 },
    };

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ClientAccount> _clients = new(StringComparer.Ordinal);
    private WindowLedger _spent = new(0);
    private long _coveredTo = -1; // the last minute for which the store was told something
    private DateTimeOffset _nextExtension;
    private bool _haunted;
    private long _blindWindow = -1;
    private bool _isBlind;
    private bool _isClosed;

    private TenantConfiguration Registered => configuration.Current.Tenants.GetValueOrDefault(tenant) ?? s_unknownTenant;

    /// <summary>Begins where a former life ended.</summary>
    /// <param name="record">What it left; null when there was none.</param>
    /// <param name="haunted">Whether calls that it admitted may still run.</param>
    public void Restore(LedgerRecord? record, bool haunted)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _haunted = haunted;
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
                account.Spent = new WindowLedger(window); // Known by its open sessions alone, until now.
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

            foreach (var (client, slots) in haunted ? record.Slots : [])
            {
                var account = Account(client);
                account.Slots.Haunt(slots, now);
                account.SlotsReserved = account.SlotsAimed = slots;
            }
        }
    }

    /// <summary>A former life left something that cannot be read: the open windows count as spent, whichever client they belong to.</summary>
    public void RestoreBlind()
    {
        lock (_gate)
        {
            CountAsSpent(time.GetUtcNow(), window: 0);
        }
    }

    /// <summary>Takes up a session that was open before this life.</summary>
    public void Restore(RegisteredSession session)
    {
        lock (_gate)
        {
            Account(session.Client).Sessions.Restore(session);
        }
    }

    public long StateOf(string client, SessionKey session)
    {
        lock (_gate)
        {
            return _clients.TryGetValue(client, out var account) ? account.Sessions.StateOf(session) : 0;
        }
    }

    /// <summary>When to look after a session; null when nobody has said.</summary>
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

    /// <summary>Looks after a session later, if it is still there.</summary>
    public void Postpone(string client, SessionKey session, DateTimeOffset due)
    {
        lock (_gate)
        {
            Account(client).Sessions.Postpone(session, due);
        }
    }

    /// <summary>Lets go of what the last minutes left of sessions that are asleep: slots that were not renewed, and ledgers in which nothing is spent.</summary>
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

    /// <summary>The sessions to look after by now, and whose they are.</summary>
    public IReadOnlyList<(string Client, SessionKey Session)> ListDue(DateTimeOffset now)
    {
        lock (_gate)
        {
            return [.. _clients.SelectMany(pair => pair.Value.Sessions.DueBy(now).Select(session => (pair.Key, session)))];
        }
    }

    /// <summary>Hands out nothing from now on.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }
    }

    /// <summary>Lets go of the place and the state of a session. What it has spent stays spent, and slots last as long as its calls.</summary>
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
            _clients.Add(client, account = new ClientAccount(tenant, new WindowLedger(_spent.Window)));
        }

        return account;
    }

    /// <summary>Begins the present minute in all ledgers, if it has not begun, and returns its number.</summary>
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
