using OrleansMcp.Configuration;

namespace OrleansMcp.Signals.Chains;

/// <summary>Which tenants' audits an entry belongs to, and how much of it each may show.</summary>
/// <remarks>
/// An entry is filed with the tenant that acted, because its auditor answers for its clients; when nobody of a tenant acted, with the tenant
/// of the owner. An attempt across tenants concerns three: the tenant that acted sees what its client did and not whom it hit, the owner's
/// tenant sees what was tried on which session and not who it was, and the operator's own audit has the whole entry. So a tenant's auditor
/// never reads another tenant's name.
/// </remarks>
public static class AuditFiling
{
    /// <summary>The audit of what concerns no tenant, or more than one. No tenant can have this name.</summary>
    public const string Operator = "_";

    /// <summary>Whether a chain can have this name: a tenant's id, or <see cref="Operator"/>.</summary>
    public static bool IsChain(string name) => name == Operator || ConfigurationReader.IsId(name);

    /// <summary>The audits that <paramref name="entry"/> goes to, and what goes there.</summary>
    public static IEnumerable<(string Chain, AuditEntry Entry)> Of(AuditEntry entry)
    {
        if (entry is not { Tenant: { } actor, OwnerTenant: { } owner } || actor == owner)
        {
            return [(entry.Tenant ?? entry.OwnerTenant ?? Operator, entry)];
        }

        return
        [
            (actor, entry with { Session = null, OwnerTenant = null, OwnerClient = null }),
            (owner, entry with { Tenant = null, Client = null, Subject = null }),
            (Operator, entry),
        ];
    }
}
