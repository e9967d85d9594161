using OrleansMcp.Sessions;

namespace OrleansMcp.Tenants;

/// <summary>The open sessions of one client and its calls of the current minute. Kept in memory: a restart begins a new minute.</summary>
internal sealed class ClientLedger
{
    private readonly Lock _gate = new();
    private readonly HashSet<SessionKey> _sessions = [];
    private DateTimeOffset _windowEnds;
    private int _spent;

    public bool TryAdd(SessionKey session, int cap)
    {
        lock (_gate)
        {
            return _sessions.Contains(session) || (_sessions.Count < cap && _sessions.Add(session));
        }
    }

    public void Remove(SessionKey session)
    {
        lock (_gate)
        {
            _sessions.Remove(session);
        }
    }

    public SessionKey[] List()
    {
        lock (_gate)
        {
            return [.. _sessions];
        }
    }

    /// <summary>Hands out what is left of the minute, up to <paramref name="wanted"/>. The minute begins with its first call.</summary>
    public CallLease Lease(int wanted, int budget, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (now >= _windowEnds)
            {
                _windowEnds = now + TimeSpan.FromMinutes(1);
                _spent = 0;
            }

            var granted = Math.Clamp(budget - _spent, 0, Math.Max(wanted, 0));
            _spent += granted;
            return new CallLease(granted, _windowEnds);
        }
    }
}
