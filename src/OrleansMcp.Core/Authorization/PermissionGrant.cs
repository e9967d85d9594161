using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;

namespace OrleansMcp.Authorization;

/// <summary>
/// What a session may do at the moment: the set that was frozen when it opened, cut down to what its client's registration grants now. Built
/// anew when either changes, so a judgement compares two references and looks nothing up.
/// </summary>
internal sealed class PermissionGrant
{
    private readonly ServerConfiguration _source;
    private readonly IReadOnlyList<string> _frozen;

    private PermissionGrant(ServerConfiguration source, SessionRecord record, PermissionSet effective) =>
        (_source, _frozen, Effective) = (source, record.Permissions, effective);

    /// <summary>What is permitted, before the caller's scopes are looked at.</summary>
    public PermissionSet Effective { get; }

    /// <summary>The grant of a session. A principal has no frozen set: its registration is what it may do.</summary>
    public static PermissionGrant Of(SessionRecord record, ServerConfiguration configuration, PermissionGrant? former)
    {
        var registered = Registered(configuration, record.Owner.Tenant, record.Owner.Client);
        if (record.IsPrincipal)
        {
            return new(configuration, record, registered);
        }

        // Most sessions hold all that their client may do. They share the registration's set instead of keeping one each.
        var effective = registered.Entries.SequenceEqual(record.Permissions, StringComparer.Ordinal)
            ? registered
            : PermissionSet.OfRecord(record.Permissions).Intersect(registered);
        return new(configuration, record, former?.Effective.Equals(effective) == true ? former.Effective : effective);
    }

    /// <summary>The set of a session that <paramref name="caller"/> opens now: its registration, its credential's scopes, and what it asked for.</summary>
    public static PermissionSet ToOpen(ServerConfiguration configuration, Caller caller, PermissionSet? asked)
    {
        var registered = Registered(configuration, caller.Tenant, caller.Client);
        var narrowed = configuration.Identity.Scopes.PermissionsOf(caller.Scopes) is { } scoped ? registered.Intersect(scoped) : registered;
        return asked is null ? narrowed : narrowed.Intersect(asked);
    }

    /// <summary>The record with the registration's own list, when it holds the same: a session in memory then keeps no copy.</summary>
    public static SessionRecord Share(SessionRecord record, ServerConfiguration configuration)
    {
        var registered = Registered(configuration, record.Owner.Tenant, record.Owner.Client).Entries;
        return registered.SequenceEqual(record.Permissions, StringComparer.Ordinal) ? record with { Permissions = registered } : record;
    }

    public bool IsOf(SessionRecord record, ServerConfiguration configuration) =>
        ReferenceEquals(_source, configuration) && ReferenceEquals(_frozen, record.Permissions);

    private static PermissionSet Registered(ServerConfiguration configuration, string tenant, string client) =>
        configuration.FindClient(tenant, client)?.Permissions ?? PermissionSet.None;
}
