using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Http.Admission;

/// <summary>Why a request is refused on account of its credential. Never holds anything of the credential.</summary>
public sealed record Refusal
{
    private Refusal(int status, string? error, string message) => (Status, Error, Message) = (status, error, message);

    /// <summary>No credential was presented: 401, without an error code (RFC 6750, section 3.1).</summary>
    public static Refusal NoCredential { get; } = new(StatusCodes.Status401Unauthorized, error: null, "A valid credential is needed.");

    /// <summary>A credential was presented and proves nobody: 401, <c>invalid_token</c>.</summary>
    public static Refusal InvalidCredential { get; } = new(StatusCodes.Status401Unauthorized, "invalid_token", "A valid credential is needed.");

    /// <summary>A client certificate is needed, beside or instead of any other credential, and none was shown: 401.</summary>
    public static Refusal NoCertificate { get; } = new(StatusCodes.Status401Unauthorized, error: null, "A client certificate is needed.");

    /// <summary>The client certificate proves nobody: 401. Why is in the server's log.</summary>
    public static Refusal InvalidCertificate { get; } = new(StatusCodes.Status401Unauthorized, "invalid_token", "The client certificate is not accepted.");

    /// <summary>What the ingress passed on of a client certificate is not one certificate: 400.</summary>
    public static Refusal MalformedCertificate { get; } = new(StatusCodes.Status400BadRequest, "invalid_request", "The header X-Forwarded-Client-Cert is malformed.");

    /// <summary>The HTTP status: 400, 401, 403, or 503 when the credential could not be judged.</summary>
    public int Status { get; }

    /// <summary>The error code of RFC 6750, section 3.1, or null.</summary>
    public string? Error { get; }

    /// <summary>What the client is told.</summary>
    public string Message { get; }

    /// <summary>The scopes that a credential needs for this request.</summary>
    public IReadOnlyList<string> Scopes { get; private init; } = [];

    /// <summary>When to try again, where that helps.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>There is no valid credential in a request that presented one or none.</summary>
    public static Refusal Without(bool presented) => presented ? InvalidCredential : NoCredential;

    /// <summary>The credential is valid and does not reach this far: 403, <c>insufficient_scope</c>.</summary>
    /// <param name="scopes">The scopes that would do, those that the caller has and uses included.</param>
    public static Refusal InsufficientScope(IReadOnlyList<string> scopes) =>
        new(StatusCodes.Status403Forbidden, "insufficient_scope", "The credential does not grant this request.") { Scopes = scopes };

    /// <summary>Who could judge the credential cannot be asked now: 503. Nothing is said about the credential.</summary>
    public static Refusal Undecided(TimeSpan retryAfter) =>
        new(StatusCodes.Status503ServiceUnavailable, error: null, "The credential cannot be checked now. Try again later.") { RetryAfter = retryAfter };
}
