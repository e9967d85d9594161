namespace OrleansMcp.Auditing;

/// <summary>
/// Reads a store's audit for <c>audit verify</c> and <c>audit export</c>. Works while a server writes it, and writes nothing.
/// </summary>
public interface IAuditReader
{
    /// <summary>Lists the tenants that have an audit, in order, with <see cref="AuditFiling.Operator"/>.</summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    Task<IReadOnlyList<string>> TenantsAsync(CancellationToken cancellationToken);

    /// <summary>Checks the chains of a tenant against their stored heads and the expected ones.</summary>
    /// <param name="tenant">The tenant. A missing audit has no entries, which is a finding if heads are expected.</param>
    /// <param name="expected">Heads noted earlier, by writer.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="IOException">The store cannot be read.</exception>
    Task<TenantAudit> VerifyAsync(string tenant, ILookup<string, AuditHead> expected, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the entries of a tenant as they are stored, oldest first: one JSON object each (<see cref="AuditLine"/>), without a line
    /// break. Invalid entries are exported as well: <see cref="VerifyAsync"/> reports them.
    /// </summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ExportAsync(string tenant, CancellationToken cancellationToken);
}

/// <summary>The result of <see cref="IAuditReader.VerifyAsync"/>.</summary>
/// <param name="Chains">One check per chain, by the process that wrote it; an empty key where all processes write one chain.</param>
/// <param name="Unchained">Rows of a former version without a chain, which cannot be verified.</param>
public sealed record TenantAudit(IReadOnlyDictionary<string, AuditChainCheck> Chains, int Unchained);
