namespace OrleansMcp.Cutoffs;

/// <summary>The marks of one tenant, kept by its actor.</summary>
public interface ITenantCutoffs
{
    /// <summary>Reads the marks; null when they are those of version <paramref name="known"/> (<see cref="CutoffSet.Version"/>).</summary>
    /// <exception cref="IOException">They cannot be read at the moment.</exception>
    /// <exception cref="Tenants.TenantStoppedException">The tenant is stopped.</exception>
    ValueTask<CutoffSet?> ReadCutoffsAsync(long known, CancellationToken cancellationToken);

    /// <summary>
    /// Sets or lifts a mark, durably, and then sends it to every process, which ends its sessions at once. Repeated, it ends what was opened in
    /// between.
    /// </summary>
    /// <exception cref="IOException">The mark may not be durable.</exception>
    /// <exception cref="CutoffLimitException">The tenant has as many marks as it may.</exception>
    ValueTask<CutoffReceipt> CutOffAsync(CutoffChange change, CancellationToken cancellationToken);
}

/// <summary>A tenant has as many marks as it may. A mark of its client or of the tenant as a whole still replaces many.</summary>
public sealed class CutoffLimitException(int most) : IOException($"The tenant has {most} marks already. Mark the client or the tenant instead, or readmit others.");
