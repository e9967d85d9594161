namespace OrleansMcp;

/// <summary>
/// The claims that handlers find about a verified caller, named as in JWT access tokens (RFC 9068) where there is a name. Others of a token
/// are there under their own names when the configuration of its issuer lists them (<c>claims</c>).
/// </summary>
public static class CallerClaims
{
    /// <summary>The user or service that the client acts for. The principal's name.</summary>
    public const string Subject = "sub";

    /// <summary>The client's id within its tenant.</summary>
    public const string Client = "client_id";

    /// <summary>The tenant's id.</summary>
    public const string Tenant = "tenant";

    /// <summary>A scope of the credential, one claim each. None when the credential may be used for everything.</summary>
    public const string Scope = "scope";

    /// <summary>A role, one claim each: what <c>[Authorize(Roles = "…")]</c> asks for.</summary>
    public const string Role = "roles";
}
