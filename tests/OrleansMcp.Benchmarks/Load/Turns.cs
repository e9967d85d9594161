namespace OrleansMcp.Benchmarks.Load;

/// <summary>Measures contestants in turns (A B A B), so that all of them see the same noise of the machine and ratios mean something.</summary>
internal static class Turns
{
    // A server soon closes connections on which nobody has come yet.
    private static readonly TimeSpan s_greeting = TimeSpan.FromMilliseconds(100);

    public static async Task<Rounds[]> RunAsync(BenchmarkOptions options, IReadOnlyList<Contestant> contestants, CancellationToken cancellationToken)
    {
        foreach (var contestant in contestants)
        {
            await contestant.RunAsync(TimeSpan.Zero, s_greeting, cancellationToken);
        }

        foreach (var contestant in contestants)
        {
            await WarmUp.RunAsync(contestant.Calls.Workers, contestant.Clock, options, cancellationToken);
        }

        var results = contestants.Select(_ => new List<LoadResult>()).ToArray();
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var i = 0; i < contestants.Count; i++)
            {
                results[i].Add(await contestants[i].RunAsync(options.RunUp, options.Round, cancellationToken));
            }
        }

        return [.. contestants.Zip(results, (contestant, rounds) => new Rounds(contestant.Name, rounds))];
    }
}
