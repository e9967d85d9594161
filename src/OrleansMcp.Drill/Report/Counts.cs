using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Report;

/// <summary>What became of operations.</summary>
/// <param name="Ok">How many took effect.</param>
/// <param name="Refused">How many were refused as the drill provoked it: conflicts, sessions that were ended, what is another client's.</param>
/// <param name="Hindered">How many the server did not do, or did not answer, for reasons that tell nothing (<see cref="Hindrance"/>).</param>
internal readonly record struct Counts(int Ok, int Refused, int Hindered)
{
    public int All => Ok + Refused + Hindered;

    /// <summary>Whether most of it tells nothing.</summary>
    public bool IsMostlyHindered => 2 * Hindered > All;

    public static Counts Of(IReadOnlyCollection<Operation> operations)
    {
        var (ok, hindered) = (operations.Count(one => one.IsOk), operations.Count(one => one.Hindrance is not null));
        return new(ok, operations.Count - ok - hindered, hindered);
    }

    /// <summary>The most frequent hindrance; null when there is none.</summary>
    public static Hindrance? MostFrequent(IEnumerable<Operation> operations) => operations.Select(one => one.Hindrance).OfType<Hindrance>()
        .CountBy(hindrance => hindrance).OrderByDescending(count => count.Value).Select(count => count.Key).FirstOrDefault();
}
