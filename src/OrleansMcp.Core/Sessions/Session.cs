using OrleansMcp.Permissions;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Streams;
using OrleansMcp.Signals;
using OrleansMcp.State;

namespace OrleansMcp.Sessions;

/// <summary>
/// The session actor: owns everything of one session and compares the owner with the caller of every message. An engine holds exactly one
/// instance per key, brings it to life from its record, and takes it out of memory with <see cref="TryPassivateAsync"/>.
/// </summary>
/// <remarks>
/// Messages may arrive at any time on any thread: an answer, a ping or a cancel must get through while a call runs. The actor's own
/// state is guarded by one small lock that is never held across an await or a handler.
/// </remarks>
public sealed partial class Session : ISession
{
    // Shared until an instance begins to leave, so that a session in memory does not pay for one of its own.
    private static readonly TaskCompletionSource s_alive = new();

    private readonly Lock _gate = new();
    private readonly SessionHost _host;
    private readonly ISessionStore _store;
    private readonly string _life = SessionHost.NewLife();

    private Phase _phase;
    private SessionRecord? _record;
    private long _lastActive; // UTC ticks
    private StreamSet? _streams;
    private Dictionary<string, RunningCall>? _calls;
    private int _busy; // posts and listeners inside the actor
    private TaskCompletionSource _retirement = s_alive;

    /// <param name="key">The actor's identity.</param>
    /// <param name="record">
    /// Its record, or null when there is none: then only an open brings it to life, or for a principal its first message. One that is not this
    /// actor's is never served, whatever a store let through.
    /// </param>
    /// <param name="host">Shared services.</param>
    /// <param name="store">Where the record is kept.</param>
    public Session(SessionKey key, SessionRecord? record, SessionHost host, ISessionStore store)
    {
        Key = key;
        _host = host;
        _store = store;
        _record = record is null ? null : PermissionGrant.Share(record, host.Configuration);
        _phase = record is null ? Phase.New : record.Ended is null && record.IsOf(key) ? Phase.Live : Phase.Gone;
        _lastActive = (record?.LastActiveAt ?? host.Time.GetUtcNow()).UtcTicks;
        if (_phase == Phase.Live)
        {
            Adopt(record!);
            Activated();
        }
    }

    private enum Phase
    {
        /// <summary>Nothing durable behind it yet.</summary>
        New,

        /// <summary>Being opened: the place is claimed and the record is on its way to the store.</summary>
        Opening,

        Live,

        Ending,

        /// <summary>Ended, or never opened. Final.</summary>
        Gone,

        /// <summary>Left memory; another instance takes over.</summary>
        Passive,
    }

    /// <summary>The actor's identity.</summary>
    public SessionKey Key { get; }

    /// <summary>Called once when this instance is done: ended, passivated, or never opened. An engine lets go of it.</summary>
    public Action<Session>? Retired { get; init; }

    /// <summary>Completes when an instance that throws <see cref="SessionPassivatedException"/> has saved what it had to save.</summary>
    public Task Retirement => _retirement.Task;

    /// <summary>Whether anything is behind this actor. If not (never opened, or ended), an engine drops it.</summary>
    public bool Exists
    {
        get
        {
            lock (_gate)
            {
                return _phase is Phase.Opening or Phase.Live or Phase.Ending;
            }
        }
    }

    /// <summary>Whether calls run, somebody listens, or a call waits for its user's input: such a session stays in memory.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate)
            {
                return IsBusyLocked();
            }
        }
    }

    /// <summary>Time of the last message, UTC.</summary>
    public DateTimeOffset LastActiveAt => new(Volatile.Read(ref _lastActive), TimeSpan.Zero);

    /// <summary>The absolute end, UTC.</summary>
    public DateTimeOffset ExpiresAt => _record?.ExpiresAt ?? DateTimeOffset.MaxValue;

    /// <summary>When its time is over unless a message comes before, UTC.</summary>
    public DateTimeOffset DueAt
    {
        get
        {
            var idle = LastActiveAt + _host.Configuration.Sessions.IdleTimeout;
            return idle < ExpiresAt ? idle : ExpiresAt;
        }
    }

    /// <summary>Whether the session is open and <paramref name="caller"/> owns it.</summary>
    public bool IsOwnedBy(Caller caller) => Exists && _record?.Owner.Is(caller) == true;

    /// <summary>The owner, or null before the session is open.</summary>
    internal SessionOwner? Owner => _record?.Owner;

    /// <summary>Tells sessions apart in logs and replies. A hash, so that it gives away nothing of the session id.</summary>
    internal string Name => Key.Name;

    internal StreamSet Streams
    {
        get
        {
            if (_streams is { } streams)
            {
                return streams;
            }

            lock (_gate)
            {
                var limits = _host.Configuration.Sessions;
                return _streams ??= new StreamSet(_life, limits.MaxBufferedEvents, limits.MaxBufferedBytes);
            }
        }
    }

    /// <summary>Streams of the session revisions can be resumed; those of 2026-07-28 cannot.</summary>
    internal bool IsResumable => _record?.ProtocolVersion is not null;

    internal bool HasPrimingEvents => ProtocolVersions.HasPrimingEvents(_record?.ProtocolVersion);

    /// <summary>
    /// Admits a message to the actor, or says why not. A stranger learns nothing and changes nothing: not even the time of the last
    /// message. Whoever gets <see cref="Entry.Admitted"/> must call <see cref="Leave"/>.
    /// </summary>
    private Entry Enter(Caller caller)
    {
        var now = _host.Time.GetUtcNow();
        SessionOwner? attacked = null;
        SessionEndReason? overdue = null;
        lock (_gate)
        {
            switch (_phase)
            {
                case Phase.Passive:
                    throw new SessionPassivatedException();
                case Phase.New when Key.IsPrincipal && SessionOwner.PrincipalKey(caller) == Key:
                    _record = NewRecord(caller, now);
                    _phase = Phase.Live;
                    Activated();
                    break;
                case Phase.Live:
                    break;
                default:
                    return Entry.Refused;
            }

            if (!_record!.Owner.Is(caller))
            {
                attacked = _record.Owner;
            }
            else if (Overdue(now) is { } reason)
            {
                overdue = reason;
            }
            else
            {
                Volatile.Write(ref _lastActive, now.UtcTicks);
                _busy++;
                return Entry.Admitted;
            }
        }

        if (attacked is not null)
        {
            RaiseAttempt(caller, attacked);
            return Entry.Refused;
        }

        return overdue == SessionEndReason.Idle ? Entry.Idle : Entry.Expired;
    }

    private void Leave()
    {
        lock (_gate)
        {
            _busy--;
            Volatile.Write(ref _lastActive, _host.Time.GetUtcNow().UtcTicks);
        }
    }

    private enum Entry
    {
        Admitted,
        Refused,
        Idle,
        Expired,
    }

    /// <summary>Admits a message; a session that is past its time is ended first and refuses.</summary>
    private async ValueTask<bool> TryEnterAsync(Caller caller)
    {
        var entry = Enter(caller);
        if (entry is Entry.Idle or Entry.Expired)
        {
            await EndAsync(entry == Entry.Idle ? SessionEndReason.Idle : SessionEndReason.Expired, CancellationToken.None);
        }
        else if (entry == Entry.Refused && Key.IsPrincipal && _ending is { } ending)
        {
            // It comes back: who asks again once this end is over finds its next life.
            await ((Task)ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return entry == Entry.Admitted;
    }

    private SessionEndReason? Overdue(DateTimeOffset now)
    {
        if (now >= _record!.ExpiresAt)
        {
            return SessionEndReason.Expired;
        }

        var idle = now.UtcTicks - _lastActive;
        return idle >= _host.Configuration.Sessions.IdleTimeout.Ticks && !IsBusyLocked() ? SessionEndReason.Idle : null;
    }

    private bool IsBusyLocked() =>
        _busy > 0 || _calls is { Count: > 0 } || _phase == Phase.Opening || _waitingInputs is { Count: > 0 } || HoldsStatesLocked();

    private SessionRecord NewRecord(Caller caller, DateTimeOffset now) => new()
    {
        Key = Key.Value,
        Owner = SessionOwner.Of(caller),
        OpenedAt = now,
        ExpiresAt = now + _host.Configuration.Sessions.Lifetime,
        LastActiveAt = now,
    };

    private void RaiseAttempt(Caller caller, SessionOwner owner) => _host.Signals.Raise(new Signal(
        caller.Tenant == owner.Tenant ? SignalName.CrossSessionAttempt : SignalName.CrossTenantAttempt,
        caller, owner, "refused by the session actor", Key));
}
