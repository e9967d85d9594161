using System.Diagnostics;
using OrleansMcp.Tests;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>Silos, gateways and Azurite as processes; 16 sessions write while something is taken from them.</summary>
[Collection(Alone.Collection)]
[Trait(Rounds.Trait, Rounds.MoreAtNight)]
public sealed class FailureTests(HurtCluster shared) : IClassFixture<HurtCluster>
{
    /// <summary>No request may hang longer, whatever happens. The target is 5 s; a busy test machine is given some more.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task Every_session_goes_on_when_a_silo_is_killed()
    {
        var cluster = await shared.MendedAsync();
        await using var load = await Load.StartAsync(cluster);
        await cluster.Silos[1].Process.KillAsync();
        var took = await load.ProgressAsync("a silo was killed");
        await load.StopAsync();
        load.Report($"kill -9: all sessions answered again after {took.TotalSeconds:0.00} s");
        Assert.All(load.Writers, writer => Assert.True(writer.Longest < s_longest, $"A request took {writer.Longest}."));
    }

    [Fact]
    public async Task Every_session_goes_on_when_a_silo_freezes_and_when_it_wakes_up_again()
    {
        var cluster = await shared.MendedAsync();
        await using var load = await Load.StartAsync(cluster);
        cluster.Silos[1].Process.Signal("STOP");
        var took = await load.ProgressAsync("a silo was frozen");
        cluster.Silos[1].Process.Signal("CONT");
        await load.ProgressAsync("the frozen silo woke up");
        await Eventually.Holds(() => cluster.Silos[1].Process.HasExited, "the silo that was declared dead left");
        await load.ProgressAsync("it was gone");
        await load.StopAsync();
        load.Report($"SIGSTOP: all sessions answered again after {took.TotalSeconds:0.00} s");
        Assert.All(load.Writers, writer => Assert.True(writer.Longest < s_longest, $"A request took {writer.Longest}."));
    }

    [Fact]
    public async Task A_rolling_restart_loses_no_session_and_no_call()
    {
        var cluster = await shared.MendedAsync();
        await using var load = await Load.StartAsync(cluster);
        var longest = TimeSpan.Zero;
        foreach (var silo in cluster.Silos.Take(Rounds.Of(2, atNight: cluster.Silos.Count)))
        {
            var (code, took) = await silo.Process.TerminateAsync();
            Assert.Equal(0, code);
            Assert.True(took < TimeSpan.FromSeconds(30), $"It took {took} to stop.");
            longest = took > longest ? took : longest;
            await silo.StartAgainAsync();
            await load.ProgressAsync("a silo was restarted");
        }

        await load.StopAsync();
        load.Report($"rolling restart: the slowest silo left in {longest.TotalSeconds:0.00} s");
        Assert.All(load.Writers, writer => Assert.True(writer.Longest < s_longest, $"A request took {writer.Longest}."));
    }

    [Fact]
    public async Task Without_storage_reads_go_on_writes_fail_clearly_and_all_recovers()
    {
        var cluster = await shared.MendedAsync();
        await using var load = await Load.StartAsync(cluster);

        // Sessions in use: every gateway's way to each of them is known. A way that must be looked up needs the directory, and that the storage.
        await Eventually.Holds(() => load.Writers.All(writer => writer.Acknowledged >= 4), "every session was reached through every gateway");
        await load.StopAsync();
        shared.Azurite.Freeze();
        var (watch, least) = (Stopwatch.StartNew(), TimeSpan.FromSeconds(Rounds.Of(0, atNight: 20)));
        var writes = load.Writers.Select(writer => writer.IncrementAsync()).ToArray();
        var reads = 0;
        while (watch.Elapsed < least || !load.Writers.All(writer => writer.Refused > 0))
        {
            Assert.True(watch.Elapsed < Eventually.Deadline, "Not every write was refused.");
            foreach (var reader in load.Writers.Take(8))
            {
                await reader.EchoAsync();
                reads++;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken); // Readers, and no measure of how much the machine can do.
        }

        var gone = watch.Elapsed;
        shared.Azurite.Thaw();
        await Task.WhenAll(writes);
        await Task.WhenAll(load.Writers.Select(writer => writer.IncrementAsync()));
        load.ExpectNoFaults();
        load.Report($"storage gone for {gone.TotalSeconds:0.0} s: {reads:n0} reads answered meanwhile");
    }
}
