using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Admission.Callers;

/// <summary>The result of authenticating a request: a caller, or a refusal.</summary>
public readonly struct AuthenticationOutcome
{
    private AuthenticationOutcome(Caller? caller, Refusal? refusal) => (Caller, Refusal) = (caller, refusal);

    /// <summary>The sender of the request; null when it is refused.</summary>
    public Caller? Caller { get; }

    /// <summary>Why it is refused; null when <see cref="Caller"/> is known.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The credential proves <paramref name="caller"/>.</summary>
    public static implicit operator AuthenticationOutcome(Caller caller) => new(caller, refusal: null);

    /// <summary>The request is refused.</summary>
    public static implicit operator AuthenticationOutcome(Refusal refusal) => new(caller: null, refusal);
}
