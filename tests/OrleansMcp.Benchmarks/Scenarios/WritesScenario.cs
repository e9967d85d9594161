using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>Calls that change no state must not touch the disk: what the kernel counted, and which files look different.</summary>
internal static class WritesScenario
{
    private const int Sessions = 64;

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartAsync(cancellationToken);
        var ids = await Mcp.Sessions.OpenManyAsync(server.Target, Sessions, cancellationToken);
        using var calls = await WorkerSet.ConnectAsync(
            server.Target, Sessions, number => new EchoCall(server.Target, number, [ids[number]]), cancellationToken);
        await WarmUp.RunAsync(calls.Workers, server.Reading, options, cancellationToken);

        var (before, bytes, writes) = (Files(server.DataFolder), server.Reading.WrittenBytes, server.Reading.WriteCalls);
        var completed = calls.Workers.Sum(worker => worker.Completed);
        await LoadRun.RunAsync(calls.Workers, server.Reading, TimeSpan.Zero, options.Round, cancellationToken);
        completed = calls.Workers.Sum(worker => worker.Completed) - completed;
        (bytes, writes) = (server.Reading.WrittenBytes - bytes, server.Reading.WriteCalls - writes);
        var changed = Files(server.DataFolder).Except(before).Concat(before.Except(Files(server.DataFolder))).Select(file => file.Name).Distinct().ToList();

        calls.Settle("writes", report);
        var table = new Table("calls of echo", "bytes written to storage", "write calls (files, pipes)", "files changed");
        table.Add($"{completed:N0}", $"{bytes:N0}", $"{writes:N0}", $"{changed.Count:N0}");
        report.Section("writes", "write_bytes and syscw of the server process, and name, size and time of every file of its data folder.", table);
        report.Target("bytes written by calls that change no state", 0, bytes, "");
        report.Target("files changed by calls that change no state", 0, changed.Count, "");
    }

    private static HashSet<(string Name, long Length, DateTime Written)> Files(string folder) =>
        [.. new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Select(file => (file.FullName, file.Length, file.LastWriteTimeUtc))];
}
