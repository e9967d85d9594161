namespace OrleansMcp.Tenants;

/// <summary>
/// Reads the tenant from the key of any actor, so that placement need not know the kind of each actor: a tenant's key is its id, a
/// session's is <c>tenant.rest</c> (<see cref="Sessions.SessionKey"/>), that of a namespace of records is <c>tenant/client/name</c>
/// (<see cref="Records.RecordSpaceKey"/>). The id of a tenant consists of letters, digits, <c>-</c> and <c>_</c>, so that it ends at the
/// first of these separators.
/// </summary>
public static class TenantOfKey
{
    /// <summary>
    /// Ends the tenant in the key of a session. Not a slash: Orleans' table storage replaces a slash by an underscore, which ids of tenants
    /// may contain. Table storage, tables and file systems keep a point.
    /// </summary>
    internal const char OfSession = '.';

    /// <summary>Ends the tenant in the key of a namespace of records, which is not used with Orleans' table storage.</summary>
    internal const char OfRecords = '/';

    /// <summary>Returns the tenant of the actor with this key.</summary>
    public static string Read(string key) => End(key) is var end and >= 0 ? key[..end] : key;

    /// <summary>Index at which the tenant ends in <paramref name="text"/>; -1 when the text is a tenant id.</summary>
    internal static int End(string text) => text.AsSpan().IndexOfAny(OfSession, OfRecords);
}
