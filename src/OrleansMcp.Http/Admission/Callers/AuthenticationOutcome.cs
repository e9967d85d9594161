using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Admission.Callers;

/// <summary>The result of authenticating a request: a caller, or a refusal.</summary>
public readonly struct AuthenticationOutcome
{
    private AuthenticationOutcome(Caller? caller, Refusal? refusal, bool isByToken = false) => (Caller, Refusal, IsByToken) = (caller, refusal, isByToken);

    /// <summary>The sender of the request; null when it is refused.</summary>
    public Caller? Caller { get; }

    /// <summary>Why it is refused; null when <see cref="Caller"/> is known.</summary>
    public Refusal? Refusal { get; }

    /// <summary>
    /// Whether the bearer credential of the request is a token that was verified for this server. Such a token may be exchanged for tokens of other servers on
    /// behalf of the caller (RFC 8693); API keys and certificates may not.
    /// </summary>
    public bool IsByToken { get; }

    /// <summary>The bearer credential of the request is a verified token, which proves <paramref name="caller"/>.</summary>
    public static AuthenticationOutcome ByToken(Caller caller) => new(caller, refusal: null, isByToken: true);

    /// <summary>The same for a caller that was proven by something else as well.</summary>
    internal AuthenticationOutcome With(Caller caller) => new(caller, refusal: null, IsByToken);

    /// <summary>The credential proves <paramref name="caller"/>.</summary>
    public static implicit operator AuthenticationOutcome(Caller caller) => new(caller, refusal: null);

    /// <summary>The request is refused.</summary>
    public static implicit operator AuthenticationOutcome(Refusal refusal) => new(caller: null, refusal);
}
