namespace OrleansMcp.Tenants;

/// <summary>
/// Reads the tenant from the key of any actor, so that whoever places actors need not know what kind each one is: a tenant's key is its
/// id, a session's is <c>tenant.rest</c> (<see cref="Sessions.SessionKey"/>), that of a namespace of records is <c>tenant/client/name</c>
/// (<see cref="Records.RecordSpaceKey"/>). The id of a tenant is made of letters, digits, <c>-</c> and <c>_</c>, so that it ends at the first
/// of these separators, whatever follows.
/// </summary>
public static class TenantOfKey
{
    /// <summary>
    /// Ends the tenant in the key of a session. Not a slash: Orleans' table storage turns one into an underscore, which ids of tenants may
    /// have. A point it leaves alone, and so do tables and file systems.
    /// </summary>
    internal const char OfSession = '.';

    /// <summary>Ends the tenant in the key of a namespace of records, which Orleans' table storage never sees.</summary>
    internal const char OfRecords = '/';

    /// <summary>The tenant whose actor has this key.</summary>
    public static string Read(string key) => End(key) is var end and >= 0 ? key[..end] : key;

    /// <summary>Where the tenant ends in <paramref name="text"/>; -1 when it is nothing but an id.</summary>
    internal static int End(string text) => text.AsSpan().IndexOfAny(OfSession, OfRecords);
}
