using OrleansMcp.Sessions;
using OrleansMcp.Signals;

namespace OrleansMcp.Http.Admission;

/// <summary>
/// Finds the session of a presented id. A forged or foreign id is refused here, before any actor is activated or storage read. The actor
/// checks the owner again.
/// </summary>
internal sealed class SessionLocator(ISessionDirectory directory, SessionIdIssuer ids, ISignals signals, IAttempts attempts)
{
    public ISession? Find(string id, Caller caller, string what) => FindKey(id, caller, what) is { } key ? directory.Get(key) : null;

    /// <summary>The session key of a presented id; null when the id is not the caller's.</summary>
    /// <exception cref="ThrottledException">The id is not the caller's, and the caller has presented too many such ids.</exception>
    public SessionKey? FindKey(string id, Caller caller, string what)
    {
        var verdict = ids.Judge(id, caller, out var key);
        if (verdict == TokenVerdict.Valid)
        {
            return key;
        }

        Attempts.Raise(signals, verdict, caller, what);
        ThrowIfThrottled(caller);
        return null;
    }

    public ISession Get(SessionKey key) => directory.Get(key);

    /// <summary>A new session and its id.</summary>
    /// <exception cref="ThrottledException">The caller has presented too many ids that are not its own.</exception>
    public (ISession Session, string Id) Create(Caller owner)
    {
        ThrowIfThrottled(owner);
        var (id, key) = ids.Issue(owner);
        return (directory.Get(key), id);
    }

    private void ThrowIfThrottled(Caller caller)
    {
        if (ThrottledException.Of(attempts, caller) is { } throttled)
        {
            throw throttled;
        }
    }

    /// <summary>The actor of the caller's principal, where the protocol has no sessions.</summary>
    public ISession OfPrincipal(Caller caller) => directory.Get(SessionOwner.PrincipalKey(caller));
}
