using OrleansMcp.Benchmarks.Reports;

namespace OrleansMcp.Benchmarks.Load;

/// <summary>What a contestant came to, round by round.</summary>
internal sealed record Rounds(string Name, IReadOnlyList<LoadResult> Results)
{
    /// <summary>Server CPU per call, microseconds.</summary>
    public double Cpu => Results.Select(CpuOf).Median();

    /// <summary>Calls per second.</summary>
    public double Rate => Results.Select(RateOf).Median();

    public double ClientCpu => Results.Select(result => result.ClientCpuPerCall).Median();

    public static double CpuOf(LoadResult result) => result.CpuPerCall;

    public static double RateOf(LoadResult result) => result.PerSecond;

    /// <summary>How these figures came about, and how busy the machine was with anything else.</summary>
    public static string How(params Rounds[] all)
    {
        var others = all.SelectMany(rounds => rounds.Results).Select(result => result.OtherCores).Median();
        return $"Medians of {all[0].Results.Count} rounds each, in turns ({(all.Length > 2 ? "A B C A B C" : "A B A B")}), warm-up left out. "
            + $"Other processes kept {others:0.0} cores busy meanwhile.";
    }

    /// <summary>A latency, over all rounds.</summary>
    public double Percentile(double share) => Results[^1].Latencies.Percentile(share);

    /// <summary>The ratios of rounds that ran next to each other; none where the other's figure is unknown.</summary>
    public double[] Against(Rounds other, Func<LoadResult, double> figure) =>
        [.. Results.Zip(other.Results, (mine, its) => figure(mine) / figure(its)).Where(double.IsFinite)];
}
