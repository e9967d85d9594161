namespace OrleansMcp.Signals.Interference;

/// <summary>How one tenant's errors went with another's writes over the last quarter of an hour.</summary>
/// <param name="Tenant">Who had the errors.</param>
/// <param name="Noisy">Who wrote.</param>
/// <param name="Coefficient">Pearson's, from -1 to 1. It says that both rose together, and not why: what loads both does the same.</param>
/// <param name="Errors">Errors in the time that was compared.</param>
/// <param name="Writes">Writes in that time.</param>
/// <param name="Slots">Ten-second slots in which at least one of the two did something.</param>
/// <param name="IsSuspect">Whether it is enough to be reported as <c>noisy_neighbour</c>.</param>
public sealed record TenantCorrelation(string Tenant, string Noisy, double Coefficient, long Errors, long Writes, int Slots, bool IsSuspect);

/// <summary>The arithmetic behind it.</summary>
internal static class Correlation
{
    /// <summary>With fewer slots than these a coefficient says nothing.</summary>
    public const int LeastSlots = 12;

    private const double Suspect = 0.8;
    private const long LeastErrors = 30;

    // One burst of errors beside one burst of writes makes a coefficient of 1, and is one coincidence.
    private const int LeastErrorSlots = 4;

    /// <param name="tenant">Who has the errors.</param>
    /// <param name="noisy">Who writes.</param>
    /// <param name="errors">Errors a slot.</param>
    /// <param name="writes">Writes a slot, the same slots.</param>
    /// <returns>Null when there is too little to compare, or one of them never varied.</returns>
    public static TenantCorrelation? Of(string tenant, string noisy, ReadOnlySpan<long> errors, ReadOnlySpan<long> writes)
    {
        var first = 0;
        while (first < errors.Length && errors[first] == 0 && writes[first] == 0)
        {
            first++; // Before either of them did anything there is nothing to compare.
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
