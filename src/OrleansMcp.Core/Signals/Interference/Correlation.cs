namespace OrleansMcp.Signals.Interference;

/// <summary>The correlation of one tenant's errors with another's writes over the last quarter of an hour.</summary>
/// <param name="Tenant">The tenant with the errors.</param>
/// <param name="Noisy">The tenant that wrote.</param>
/// <param name="Coefficient">Pearson's, from -1 to 1. It shows that both rose together, not why: a common cause has the same effect.</param>
/// <param name="Errors">Errors in the slots that were compared.</param>
/// <param name="Writes">Writes in those slots.</param>
/// <param name="Slots">Ten-second slots with at least one error or write.</param>
/// <param name="IsSuspect">Whether <c>noisy_neighbour</c> is raised for the pair.</param>
public sealed record TenantCorrelation(string Tenant, string Noisy, double Coefficient, long Errors, long Writes, int Slots, bool IsSuspect);

/// <summary>Computes a <see cref="TenantCorrelation"/>.</summary>
internal static class Correlation
{
    /// <summary>With fewer active slots a coefficient is not significant.</summary>
    public const int LeastSlots = 12;

    private const double Suspect = 0.8;
    private const long LeastErrors = 30;

    // One burst of errors beside one burst of writes gives a coefficient of 1, and may be one coincidence.
    private const int LeastErrorSlots = 4;

    /// <param name="tenant">The tenant with the errors.</param>
    /// <param name="noisy">The tenant that writes.</param>
    /// <param name="errors">Errors per slot.</param>
    /// <param name="writes">Writes per slot, of the same slots.</param>
    /// <returns>Null when there are too few active slots, or one of the two series never varied.</returns>
    public static TenantCorrelation? Of(string tenant, string noisy, ReadOnlySpan<long> errors, ReadOnlySpan<long> writes)
    {
        var first = 0;
        while (first < errors.Length && errors[first] == 0 && writes[first] == 0)
        {
            first++; // Slots before the first error or write are not compared.
        }

        errors = errors[first..];
        writes = writes[first..];
        double sumErrors = 0, sumWrites = 0, squaredErrors = 0, squaredWrites = 0, products = 0;
        int active = 0, erring = 0;
        for (var i = 0; i < errors.Length; i++)
        {
            double e = errors[i], w = writes[i];
            (sumErrors, sumWrites, squaredErrors, squaredWrites, products) =
                (sumErrors + e, sumWrites + w, squaredErrors + (e * e), squaredWrites + (w * w), products + (e * w));
            active += e > 0 || w > 0 ? 1 : 0;
            erring += e > 0 ? 1 : 0;
        }

        double n = errors.Length;
        var spread = ((n * squaredErrors) - (sumErrors * sumErrors)) * ((n * squaredWrites) - (sumWrites * sumWrites));
        if (active < LeastSlots || sumErrors == 0 || sumWrites == 0 || spread <= 0)
        {
            return null;
        }

        var coefficient = ((n * products) - (sumErrors * sumWrites)) / Math.Sqrt(spread);
        return new TenantCorrelation(tenant, noisy, coefficient, (long)sumErrors, (long)sumWrites, active,
            coefficient > Suspect && sumErrors >= LeastErrors && erring >= LeastErrorSlots);
    }
}
