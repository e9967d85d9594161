using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Load;

/// <summary>What a call allocates, measured apart from the rounds: whoever counts a process's allocations disturbs it a little.</summary>
internal static class Allocations
{
    public static async Task<double> PerCallAsync(
        Contestant contestant, IEnumerable<int> processes, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var load = contestant.RunAsync(options.RunUp, ManagedHeap.Counting + options.RunUp, cancellationToken);
        var rates = await Task.WhenAll(processes.Select(id => ManagedHeap.AllocatedPerSecondAsync(id, cancellationToken)));
        return rates.Sum() / (await load).PerSecond;
    }
}
