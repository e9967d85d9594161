using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Http.Admission;

/// <summary>Why a request is refused because of its credential. Contains nothing of the credential.</summary>
public sealed record Refusal
{
    private Refusal(int status, string? error, string message) => (Status, Error, Message) = (status, error, message);

    /// <summary>No credential was presented: 401, without an error code (RFC 6750, section 3.1).</summary>
    public static Refusal NoCredential { get; } = new(StatusCodes.Status401Unauthorized, error: null, "A valid credential is needed.");

    /// <summary>The presented credential authenticates no caller: 401, <c>invalid_token</c>.</summary>
    public static Refusal InvalidCredential { get; } = new(StatusCodes.Status401Unauthorized, "invalid_token", "A valid credential is needed.");

    /// <summary>A client certificate is required and none was presented: 401.</summary>
    public static Refusal NoCertificate { get; } = new(StatusCodes.Status401Unauthorized, error: null, "A client certificate is needed.");

    /// <summary>The client certificate authenticates no caller: 401. The server's log has the reason.</summary>
    public static Refusal InvalidCertificate { get; } = new(StatusCodes.Status401Unauthorized, "invalid_token", "The client certificate is not accepted.");

    /// <summary>The header of the ingress does not contain exactly one client certificate: 400.</summary>
    public static Refusal MalformedCertificate { get; } = new(StatusCodes.Status400BadRequest, "invalid_request", "The header X-Forwarded-Client-Cert is malformed.");

    /// <summary>The HTTP status: 400, 401, 403, or 503 when the credential could not be judged.</summary>
    public int Status { get; }

    /// <summary>The error code of RFC 6750, section 3.1, or null.</summary>
    public string? Error { get; }

    /// <summary>What the client is told.</summary>
    public string Message { get; }

    /// <summary>The scopes that a credential needs for this request.</summary>
    public IReadOnlyList<string> Scopes { get; private init; } = [];

    /// <summary>When to try again; null when a retry does not help.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>The refusal of a request without a valid credential.</summary>
    public static Refusal Without(bool presented) => presented ? InvalidCredential : NoCredential;

    /// <summary>The credential is valid and lacks a scope for this request: 403, <c>insufficient_scope</c>.</summary>
    /// <param name="scopes">The scopes to ask for, with those that the caller has.</param>
    public static Refusal InsufficientScope(IReadOnlyList<string> scopes) =>
        new(StatusCodes.Status403Forbidden, "insufficient_scope", "The credential does not grant this request.") { Scopes = scopes };

    /// <summary>The issuer of the credential cannot be reached, so the credential could not be checked: 503.</summary>
    public static Refusal Undecided(TimeSpan retryAfter) =>
        new(StatusCodes.Status503ServiceUnavailable, error: null, "The credential cannot be checked now. Try again later.") { RetryAfter = retryAfter };
}
