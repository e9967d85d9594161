namespace OrleansMcp.Records.Log;

/// <summary>
/// Judges what goes into a store and what comes out by the key alone, for every store: nothing that the actor concluded before plays a
/// part, so that a mistake there cannot let one client's write into another's records.
/// </summary>
public sealed class RecordGuard(RecordSpaceKey key)
{
    private IReadOnlyList<RecordGrant> _grants = [];

    /// <summary>What the store holds for the namespace.</summary>
    /// <exception cref="RecordLogForeignException">It is not the namespace's own.</exception>
    public void Read(string tenant, string owner, string name, IReadOnlyList<RecordGrant> grants)
    {
        if (tenant != key.Tenant || owner != key.Owner || name != key.Name)
        {
            throw new RecordLogForeignException("What is stored for this namespace belongs to another one.");
        }

        _grants = grants;
    }

    /// <summary>Checks transactions in their order.</summary>
    /// <returns>What to tell once they are durable.</returns>
    /// <exception cref="RecordLogForeignException">One of them is by a client that may not write here, or says so of its records.</exception>
    public Action Write(IReadOnlyList<RecordCommit> commits)
    {
        var grants = _grants;
        foreach (var commit in commits)
        {
            var author = commit.Author;
            var isOwner = author.Client == key.Owner;
            if (author.Tenant != key.Tenant || !(isOwner || grants.Any(grant => grant.Client == author.Client && grant.Access == RecordAccess.Write)))
            {
                throw new RecordLogForeignException("A write by a client that has no right to this namespace was stopped before the store.");
            }

            if ((commit.Grants is not null || commit.Schema is not null) && !isOwner)
            {
                throw new RecordLogForeignException("Grants or a schema that are not by the owner were stopped before the store.");
            }

            if (commit.Puts.Any(put => put.LastModifiedBy != author.Client || put.Transaction != commit.Id || put.Version != commit.Version))
            {
                throw new RecordLogForeignException("A record that names another author than its transaction was stopped before the store.");
            }

            grants = commit.Grants ?? grants;
        }

        return () => _grants = grants;
    }
}
