using OrleansMcp.Configuration;

namespace OrleansMcp.Auditing;

/// <summary>Decides which chains an entry belongs to, and which of its fields each chain gets.</summary>
/// <remarks>
/// An entry goes to the chain of the acting tenant, because its auditor answers for its clients; without an acting tenant, to that of the
/// owner's tenant. An attempt across tenants goes to three chains: the acting tenant's gets what its client did, without the owner; the
/// owner's tenant's gets what was tried on which session, without the caller; the operator's chain gets the whole entry. So a tenant's
/// auditor never reads another tenant's name.
/// </remarks>
public static class AuditFiling
{
    /// <summary>The chain of entries that concern no tenant, or more than one. No tenant can have this name.</summary>
    public const string Operator = "_";

    /// <summary>Whether a chain can have this name: a tenant's id, or <see cref="Operator"/>.</summary>
    public static bool IsChain(string name) => name == Operator || ConfigurationReader.IsId(name);

    /// <summary>The chains of <paramref name="entry"/>, each with the entry as it is written there.</summary>
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
