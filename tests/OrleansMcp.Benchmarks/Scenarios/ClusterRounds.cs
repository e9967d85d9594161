using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>What a server came to, round by round.</summary>
internal sealed record ServerRounds(string Server, List<LoadResult> Results, double AllocatedPerCall);

/// <summary>One kind of call against several servers in turns.</summary>
internal static class ClusterRounds
{
    private const int WarmUps = 4;

    public static async Task<ServerRounds[]> RunAsync(
        BenchmarkOptions options, Report report, string call, ServerSet[] servers, int sessions, Func<Target, int, string, ICall> make,
        CancellationToken cancellationToken)
    {
        var loads = new List<Subject>();
        try
        {
            foreach (var server in servers)
            {
                loads.Add(await Subject.ConnectAsync(server, sessions, make, cancellationToken));
            }

            await WarmUpAsync(loads, options, cancellationToken);

            var results = loads.ConvertAll(_ => new List<LoadResult>());
            for (var round = 0; round < options.Rounds; round++)
            {
                for (var i = 0; i < loads.Count; i++)
                {
                    results[i].Add(await loads[i].RunAsync(options.RunUp, options.Round, cancellationToken));
                }
            }

            var rows = new List<ServerRounds>();
            foreach (var (load, rounds) in loads.Zip(results))
            {
                rows.Add(new ServerRounds(load.Server.Name, rounds, await load.AllocatedPerCallAsync(options, cancellationToken)));
                load.Calls.Settle($"cluster, {call}, {load.Server.Name}", report);
                await Mcp.Sessions.EndManyAsync(load.Server.Target, load.Ids, cancellationToken);
            }

            return [.. rows];
        }
        finally
        {
            loads.ForEach(load => load.Calls.Dispose());
        }
    }

    /// <summary>
    /// A cluster runs so much more code than the embedded server that the compiler takes several times as long to settle on it: until
    /// then it takes a good third of the CPU time.
    /// </summary>
    private static async Task WarmUpAsync(List<Subject> loads, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        for (var i = 0; i < (options.Quick ? 1 : WarmUps); i++)
        {
            foreach (var load in loads)
            {
                await load.RunAsync(TimeSpan.Zero, options.WarmUp, cancellationToken);
            }
        }
    }

    private sealed record Subject(ServerSet Server, string[] Ids, WorkerSet Calls)
    {
        public static async Task<Subject> ConnectAsync(
            ServerSet server, int sessions, Func<Target, int, string, ICall> make, CancellationToken cancellationToken)
        {
            var ids = await Mcp.Sessions.OpenManyAsync(server.Target, sessions, cancellationToken);
            return new Subject(server, ids, await WorkerSet.ConnectAsync(
                server.Target, sessions, number => make(server.Target, number, ids[number]), cancellationToken));
        }

        public Task<LoadResult> RunAsync(TimeSpan runUp, TimeSpan length, CancellationToken cancellationToken) =>
            LoadRun.RunAsync(Calls.Workers, Server.Reading, runUp, length, cancellationToken);

        /// <summary>Measured apart from the rounds: whoever counts a process's allocations disturbs it a little.</summary>
        public async Task<double> AllocatedPerCallAsync(BenchmarkOptions options, CancellationToken cancellationToken)
        {
            var load = RunAsync(options.RunUp, ManagedHeap.Counting + options.RunUp, cancellationToken);
            var rates = await Task.WhenAll(Server.Ids.Select(id => ManagedHeap.AllocatedPerSecondAsync(id, cancellationToken)));
            return rates.Sum() / (await load).PerSecond;
        }
    }
}
