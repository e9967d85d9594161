using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Benchmarks.Bare;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;
using OrleansMcp.Sessions.State;
using OrleansMcp.Storage.Sqlite;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>Writes of session state as <c>increment</c> makes them, without a server: the SQLite store against a bare program that commits the same bytes.</summary>
internal static class StoreScenario
{
    private const int RecordBytes = 800;
    private const double Part = 0.4;

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        var table = new Table("clients", "bare, writes/s", "SQLite store, writes/s", "part");
        foreach (var clients in (int[])[1, 8, 64, 512])
        {
            var (bare, store, parts) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round <= options.FewRounds; round++)
            {
                var (one, other) = (await BareAsync(clients, options.Round, cancellationToken), await StoreAsync(clients, options.Round, cancellationToken));
                if (round > 0) // The first warms up.
                {
                    bare.Add(one);
                    store.Add(other);
                    parts.Add(other / one);
                }
            }

            table.Add($"{clients}", $"{Median(bare):N0}", $"{Median(store):N0}", $"{Median(parts):0.00}");
            if (clients == 64)
            {
                report.TargetAtLeast("durable writes of the SQLite store, part of a bare program's, 64 clients", Part, Median(parts), "");
            }
        }

        report.Section("store", $"{RecordBytes} bytes a write, a row a client; each client waits for its acknowledgement. Median of {options.FewRounds} rounds in pairs.", table);
    }

    /// <summary>Other bytes each time: SQLite writes no page on which nothing changes.</summary>
    private static byte[] NewRecord()
    {
        var record = new byte[RecordBytes];
        Random.Shared.NextBytes(record);
        return record;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static async Task<double> BareAsync(int clients, TimeSpan length, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        using var commits = new GroupedCommits(Path.Combine(folder.Path, "bare.db"), clients);
        return await RateAsync(clients, length, number => () => commits.WriteAsync(number, NewRecord()), cancellationToken);
    }

    private static async Task<double> StoreAsync(int clients, TimeSpan length, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        await using var services = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSqliteStore(new SqliteStoreOptions(folder.Path))
            .BuildServiceProvider();
        var storage = services.GetRequiredKeyedService<IGrainStorage>(SessionStorage.Name);
        return await RateAsync(clients, length, number => Writer(storage, number), cancellationToken);
    }

    private static Func<Task> Writer(IGrainStorage storage, int number)
    {
        var (grain, state) = (GrainId.Create("session", $"s-{number:x32}"), new GrainState<StoredSession>());
        return () =>
        {
            state.State = new StoredSession { Record = NewRecord(), Epoch = 1, Tenant = "acme", Client = "alice", StateBytes = 20 };
            return storage.WriteStateAsync("session", grain, state);
        };
    }

    private static async Task<double> RateAsync(int clients, TimeSpan length, Func<int, Func<Task>> writerOf, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, clients).Select(number => Task.Run(
            async () =>
            {
                var (write, count) = (writerOf(number), 0L);
                for (; watch.Elapsed < length; count++)
                {
                    await write();
                }

                return count;
            },
            cancellationToken)));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }
}
