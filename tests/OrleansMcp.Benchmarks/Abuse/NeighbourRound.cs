using OrleansMcp.Benchmarks.Load;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>How the neighbour fared for a while; latencies are microseconds and count failed calls too.</summary>
internal sealed class NeighbourRound
{
    private readonly Latencies _latencies = new();

    public long Calls { get; private set; }

    public long Failed { get; private set; }

    /// <summary>What the first failed call was told.</summary>
    public string? FirstFailure { get; private set; }

    public long Longest { get; private set; }

    public double P50 => _latencies.Percentile(0.50);

    public double P99 => _latencies.Percentile(0.99);

    public void Add(long microseconds, string? failure)
    {
        Calls++;
        _latencies.Add(microseconds);
        Longest = Math.Max(Longest, microseconds);
        if (failure is not null)
        {
            Failed++;
            FirstFailure ??= failure;
        }
    }
}
