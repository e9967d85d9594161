namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>How long the parts of a trial take.</summary>
/// <param name="Round">The neighbour alone, and the attack.</param>
/// <param name="Recovery">At most, after the attack.</param>
internal sealed record AbuseTimes(TimeSpan Round, TimeSpan Recovery)
{
    public static AbuseTimes Of(BenchmarkOptions options) =>
        new(TimeSpan.FromSeconds(options.Seconds ?? (options.Quick ? 2 : 10)), TimeSpan.FromSeconds(options.Quick ? 5 : 60));
}
