namespace OrleansMcp.Sessions;

/// <summary>
/// Who sent a message, as proven by its credential and by nothing else: no argument, header or session id of the request
/// takes part (threats, seed 002: the tenant comes from the verified credential).
/// </summary>
/// <param name="Tenant">The tenant's id, as configured.</param>
/// <param name="Client">The client's id within the tenant.</param>
/// <param name="Subject">The user or service the client acts for. API keys act for the client itself.</param>
/// <param name="KeyThumbprint">Thumbprint of the key the caller proved possession of, or null if it proved none.</param>
public sealed record Caller(string Tenant, string Client, string Subject, string? KeyThumbprint = null)
{
    /// <summary>
    /// What the credential may be used for; null: everything. Scopes belong to the credential, not to the identity: a session's owner stays
    /// its owner when it presents a token with other scopes.
    /// </summary>
    public IReadOnlySet<string>? Scopes { get; init; }

    /// <summary>
    /// What else the credential says that tools may see (<see cref="CallerClaims"/>), roles among it. Belongs to the credential, not to the
    /// identity, like its scopes.
    /// </summary>
    public IReadOnlyList<CallerClaim> Claims { get; init; } = [];
}

/// <summary>One claim of a credential.</summary>
/// <param name="Type">Its name; <see cref="CallerClaims.Role"/> for a role.</param>
/// <param name="Value">Its value as text.</param>
public readonly record struct CallerClaim(string Type, string Value);
