using OrleansMcp.Sessions;

namespace OrleansMcp.Signals;

/// <summary>Raises detection signals.</summary>
public interface ISignals
{
    /// <summary>Counts and logs <paramref name="signal"/>, and audits it unless <see cref="Signal.IsAudited"/>.</summary>
    void Raise(Signal signal);
}

/// <summary>Something an operator must be able to see.</summary>
/// <param name="Name">One of <see cref="SignalName"/>.</param>
/// <param name="Who">The caller that caused it, or null when unknown.</param>
/// <param name="Whom">The owner it was aimed at, or null. Audit only: never shown to the caller.</param>
/// <param name="What">What was attempted, short and without secrets.</param>
/// <param name="Session">The session concerned, or null. Audit and log only, never a metric tag.</param>
public sealed record Signal(string Name, Caller? Who, SessionOwner? Whom = null, string? What = null, SessionKey? Session = null)
{
    /// <summary>The audit entry was committed together with the change that the signal reports; <see cref="ISignals.Raise"/> writes none.</summary>
    public bool IsAudited { get; init; }

    /// <summary>A quota refused something to <paramref name="who"/>.</summary>
    /// <param name="who">Who asked for it.</param>
    /// <param name="refusal">Which quota, and whose.</param>
    /// <param name="whom">The owner of the session that was asked, where one was.</param>
    /// <param name="session">That session.</param>
    public static Signal OverQuota(Caller who, QuotaRefusal refusal, SessionOwner? whom = null, SessionKey? session = null) => new(
        SignalName.QuotaExceeded, who, whom, $"{QuotaNames.Of(refusal.Quota)} of the {QuotaNames.Of(refusal.Scope)}", session);
}
