namespace OrleansMcp.Benchmarks;

/// <summary>What to measure and for how long.</summary>
internal sealed record BenchmarkOptions
{
    public bool Quick { get; init; }

    public double? Seconds { get; init; }

    public int? RoundCount { get; init; }

    public string? Only { get; init; }

    /// <summary>The attack of <c>abuse</c> to run alone.</summary>
    public string? Attack { get; init; }

    public Uri? Url { get; init; }

    public string Key { get; init; } = "demo-alice";

    public int? Pid { get; init; }

    /// <summary>A measured round. Long enough that the 10 ms ticks of the process clock do not matter.</summary>
    public TimeSpan Round => TimeSpan.FromSeconds(Seconds ?? (Quick ? 0.5 : 2));

    /// <summary>Load before the first round, until the compiler has settled on the hot paths.</summary>
    public TimeSpan WarmUp => TimeSpan.FromSeconds(Quick ? 0.5 : 5);

    /// <summary>Load before each further round, until caches and queues are as they stay.</summary>
    public TimeSpan RunUp => TimeSpan.FromSeconds(Quick ? 0.1 : 0.5);

    public int Rounds => RoundCount ?? (Quick ? 2 : 9);

    /// <summary>Rounds of what is not measured in pairs.</summary>
    public int FewRounds => Math.Min(Rounds, 4);

    /// <summary>Divides numbers of sessions.</summary>
    public int Scale => Quick ? 20 : 1;
}
