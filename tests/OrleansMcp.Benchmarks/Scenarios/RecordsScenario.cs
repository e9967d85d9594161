using OrleansMcp.Benchmarks.Bare;
using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>
/// Records, durable before they are answered, in turns with the same bytes appended to plain files and flushed: what is left of the disk's
/// rate when the rest of the server stands before it.
/// </summary>
internal static class RecordsScenario
{
    private const int Clients = 100;
    private const int RecordBytes = 400; // about what a line of the namespace's file is long
    private const int TransactionBytes = 3_500;
    private const int Writers = 4; // as many as write the server's files

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartAsync(cancellationToken);
        var table = new Table("records", "server CPU per call", "calls", "p50", "p99", "times the plain appends");
        await MeasureAsync("put, 1 client", clients: 1, shared: false, transactions: false, RecordBytes, files: 1, threads: 1);
        await MeasureAsync("10 writes in a transaction, 1 client", clients: 1, shared: false, transactions: true, TransactionBytes, files: 1, threads: 1);
        await MeasureAsync("put, 100 clients on 100 namespaces", Clients, shared: false, transactions: false, RecordBytes, Clients, Writers);
        await MeasureAsync("put, 100 clients on one namespace", Clients, shared: true, transactions: false, RecordBytes, files: 1, threads: 1);
        report.Section(
            "records", "Plain appends: a line of that length, flushed, before the next; as many files as namespaces, on as many threads as the server has for them.",
            table);

        async Task MeasureAsync(string name, int clients, bool shared, bool transactions, int bytes, int files, int threads)
        {
            var ids = await Mcp.Sessions.OpenManyAsync(server.Target, clients, cancellationToken);
            using var calls = await WorkerSet.ConnectAsync(
                server.Target, clients,
                number => new RecordCall(server.Target, ids[number], shared ? "n0" : $"n{number}", number, transactions), cancellationToken);
            await WarmUp.RunAsync(calls.Workers, server.Reading, options, cancellationToken);
            List<LoadResult> plain = [], records = [];
            for (var round = 0; round < Math.Max(3, options.Rounds / 3); round++)
            {
                plain.Add(FlushedAppends.Run(files, threads, bytes, options.Round));
                records.Add(await LoadRun.RunAsync(calls.Workers, server.Reading, options.RunUp, options.Round, cancellationToken));
            }

            calls.Settle(name, report);
            await Mcp.Sessions.EndManyAsync(server.Target, ids, cancellationToken);
            table.Add($"plain appends: {files} file{(files == 1 ? "" : "s")}, {threads} thread{(threads == 1 ? "" : "s")}", "", Rate(plain), P(plain, 0.5), P(plain, 0.99), "");
            table.Add(
                name, Figures.Micro(records.Select(result => result.CpuPerCall).Median()), Rate(records), P(records, 0.5), P(records, 0.99),
                Figures.Times(plain.Zip(records, (a, b) => b.PerSecond / a.PerSecond).Median()));
        }
    }

    private static string Rate(List<LoadResult> results) => Figures.Rate(results.Select(result => result.PerSecond).Median());

    private static string P(List<LoadResult> results, double share) => Figures.Milli(results[^1].Latencies.Percentile(share));
}
