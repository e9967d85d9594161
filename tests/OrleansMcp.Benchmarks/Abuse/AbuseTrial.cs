using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>One attack on a server that was started for it, with a neighbour that calls before it, beside it and after it.</summary>
internal static class AbuseTrial
{
    public static async Task<AbuseResult> RunAsync(string attack, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var times = AbuseTimes.Of(options);
        await using var server = await ServerProcess.StartAbusedAsync(cancellationToken);
        using var neighbour = await Neighbour.OpenAsync(server.Target, cancellationToken);
        await WarmUpAsync(server, neighbour, options, cancellationToken);
        var alone = await neighbour.RunAsync(Task.Delay(times.Round, TimeProvider.System, cancellationToken), cancellationToken);
        var before = server.Reading.Resident;

        await using var attacker = await AttackerProcess.StartAsync(attack, server.Target, neighbour.Session, times.Round, cancellationToken);
        var watching = ServerWatch.UntilAsync(attacker.Ended, server, cancellationToken);
        var beside = await neighbour.RunAsync(attacker.Ended, cancellationToken);
        var during = await watching;
        var result = AttackResult.Read(await attacker.Ended);

        var recovering = Recovery.WaitAsync(server, before, times.Recovery, cancellationToken);
        var after = await neighbour.RunAsync(recovering, cancellationToken);
        return new AbuseResult(attack, alone, beside, after, result, before, during, await recovering);
    }

    /// <summary>Calls without a pause until the compiler is done with them: at the neighbour's rate that would take too long.</summary>
    private static async Task WarmUpAsync(ServerProcess server, Neighbour neighbour, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        using var calls = await WorkerSet.ConnectAsync(
            server.Target, 1, number => new EchoCall(server.Target, number, [neighbour.Session]), cancellationToken);
        await LoadRun.RunAsync(calls.Workers, server.Reading, TimeSpan.Zero, options.WarmUp, cancellationToken);
    }
}
