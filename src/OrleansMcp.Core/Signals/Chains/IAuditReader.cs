namespace OrleansMcp.Signals.Chains;

/// <summary>Reads the audit that a store holds, for <c>audit verify</c> and <c>audit export</c>. Works while it is written, and writes nothing.</summary>
public interface IAuditReader
{
    /// <summary>The tenants that have an audit, in order; <see cref="AuditFiling.Operator"/> for what concerns none or several.</summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    Task<IReadOnlyList<string>> TenantsAsync(CancellationToken cancellationToken);

    /// <summary>Checks the chains of a tenant against their stored heads and those that were noted earlier.</summary>
    /// <param name="tenant">Whose audit. One that is not there has no entries, which is a finding if any are expected.</param>
    /// <param name="expected">Heads noted earlier, by writer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The store cannot be read.</exception>
    Task<TenantAudit> VerifyAsync(string tenant, ILookup<string, AuditHead> expected, CancellationToken cancellationToken);

    /// <summary>
    /// The entries of a tenant as they are stored, oldest first: one JSON object each (<see cref="AuditLine"/>), without a line break. What
    /// does not fit is exported all the same: to judge is the task of <see cref="VerifyAsync"/>.
    /// </summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ExportAsync(string tenant, CancellationToken cancellationToken);
}

/// <summary>What was found of one tenant's audit.</summary>
/// <param name="Chains">One check a chain, by the process that wrote it; empty where a tenant has one chain whoever writes it.</param>
/// <param name="Unchained">Rows of a former version, which were in no chain and cannot be verified.</param>
public sealed record TenantAudit(IReadOnlyDictionary<string, AuditChainCheck> Chains, int Unchained);
