namespace OrleansMcp;

/// <summary>The types of a verified caller's claims in handlers, named as in JWT access tokens (RFC 9068) where that defines a name.</summary>
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

    /// <summary>A role, one claim each.</summary>
    public const string Role = "roles";
}
