using OrleansMcp.Drill;
using OrleansMcp.Drill.Report;
using OrleansMcp.Drill.Run;
using OrleansMcp.Drill.Targets;
using OrleansMcp.Drill.Upstreams;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>
/// The isolation drill against three processes that serve and hold sessions, one of which is killed midway; at night also against three silos
/// and two gateways, and with a storage that stands still for seconds before that. A silo that is lost behind gateways is
/// <see cref="FailureTests"/>'s with every change.
/// </summary>
[Collection(Alone.Collection)]
public sealed class ClusterDrillTests
{
    private const int Clients = 32;
    private const int Seed = 7;
    private const int Enough = 1000;
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(4);

    /// <summary>Longer than a client of the tables waits for an answer, with all its attempts.</summary>
    private static readonly TimeSpan s_standstill = TimeSpan.FromSeconds(5);

    /// <summary>How long the drill takes at night; null with every change, when it is as short as one that hurts can be, and held in one shape.</summary>
    private static readonly TimeSpan? s_night =
        int.TryParse(Environment.GetEnvironmentVariable("TESTS_DRILL_SECONDS"), out var seconds) ? TimeSpan.FromSeconds(seconds) : null;

    public static TheoryData<bool, bool> Shapes { get; } = s_night is null
        ? new() { { true, false } }
        : new() { { true, false }, { false, false }, { true, true }, { false, true } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Nobody_notices_anything_of_the_others_while_a_process_is_killed(bool servesHttpToo, bool storageStandsStill)
    {
        var length = s_night ?? TimeSpan.FromSeconds(16); // Three processes that have just started need half of it to get going.
        var checkedOperations = await HoldAsync(servesHttpToo, storageStandsStill, length);
        while (checkedOperations <= Enough && (length *= 2) <= s_longest)
        {
            checkedOperations = await HoldAsync(servesHttpToo, storageStandsStill, length); // On a busy machine it takes longer until enough has happened.
        }

        Assert.True(checkedOperations > Enough, $"{checkedOperations} operations were checked.");
    }

    /// <summary>Returns how many operations were checked, all of them clean; 0 when too little was checked.</summary>
    private static async Task<long> HoldAsync(bool servesHttpToo, bool storageStandsStill, TimeSpan length)
    {
        using var folder = new ScratchFolder();
        await using var upstream = await DrillUpstream.StartAsync(TestContext.Current.CancellationToken);
        var made = DrillConfiguration.For(Clients, upstream.Url);
        var file = Path.Combine(folder.Path, "drill.yaml");
        await File.WriteAllTextAsync(file, made.Yaml, TestContext.Current.CancellationToken);
        await using var azurite = await Azurite.StartAsync();
        await using var cluster = servesHttpToo
            ? await ProcessCluster.StartMembersAsync(azurite.ConnectionString, 3, "--config", file)
            : await ProcessCluster.StartAsync(azurite.ConnectionString, silos: 3, gateways: 2, "--config", file);
        using var target = new SpreadTarget([.. cluster.Gateways.Select(gateway => new HttpTarget(new DrillServer(new Uri(gateway.Url, "/"), made.Keys, OperatorKey: null)))]);
        var plan = new DrillPlan([.. made.Keys.Keys], Seed) { Duration = length };
        var running = new DrillRun(plan, target, TimeProvider.System).RunAsync(TestContext.Current.CancellationToken);
        var half = storageStandsStill ? StandStillAsync(azurite, length / 2) : Task.Delay(length / 2, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Same(half, await Task.WhenAny(running, half));
        await half;
        target.Forget(cluster.Gateways.ToList().IndexOf(cluster.Silos[1]));
        await cluster.Silos[1].Process.KillAsync();
        var report = new DrillReport(plan, await running);
        using var text = new StringWriter();
        report.WriteTo(text);
        TestContext.Current.TestOutputHelper!.WriteLine(text.ToString());
        Assert.NotEqual(DrillVerdict.NotClean, report.Verdict); // The text is in the test's output.
        return report.Verdict == DrillVerdict.Clean ? report.Checked : 0;
    }

    /// <summary>Every other time, the storage neither answers nor refuses.</summary>
    private static async Task StandStillAsync(Azurite azurite, TimeSpan length)
    {
        for (var left = length; left > 2 * s_standstill; left -= 2 * s_standstill)
        {
            await Task.Delay(s_standstill, TimeProvider.System, TestContext.Current.CancellationToken);
            azurite.Freeze();
            await Task.Delay(s_standstill, TimeProvider.System, TestContext.Current.CancellationToken);
            azurite.Thaw();
        }
    }

    /// <summary>Each request goes to another gateway than the one before, as a load balancer without affinity sends it.</summary>
    private sealed class SpreadTarget(HttpTarget[] targets) : IDrillTarget, IDisposable
    {
        private readonly HttpTarget[] _all = targets;
        private volatile HttpTarget[] _alive = targets;
        private int _sent;

        public Task<DrillReply> SendAsync(DrillRequest request, CancellationToken cancellationToken)
        {
            var alive = _alive;
            return alive[(uint)Interlocked.Increment(ref _sent) % alive.Length].SendAsync(request, cancellationToken);
        }

        /// <summary>Sends nothing more to this one; with a negative number, goes on with all.</summary>
        public void Forget(int number) => _alive = [.. _all.Where((_, index) => index != number)];

        public Task<SignalReading> SignalsAsync(CancellationToken cancellationToken) => Task.FromResult(SignalReading.WithoutKey);

        public void Dispose() => Array.ForEach(_all, target => target.Dispose());
    }
}
