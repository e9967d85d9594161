using OrleansMcp.Server.Drill.Clients;
using OrleansMcp.Server.Drill.Report;
using OrleansMcp.Server.Drill.Servers;
using OrleansMcp.Server.Drill.Work;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>The isolation drill against three silos and two gateways, one of whose silos is killed midway.</summary>
[Collection(AloneCollection.Name)]
public sealed class ClusterDrillTests
{
    private const int Clients = 32;
    private const int Seed = 7;

    /// <summary>How long the drill takes; as long as an operator likes when somebody looks on.</summary>
    private static readonly TimeSpan s_length =
        TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("TESTS_DRILL_SECONDS"), out var seconds) ? seconds : 15);

    private const int Enough = 1000;
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Nobody_notices_anything_of_the_others_while_a_silo_is_killed()
    {
        var checkedOperations = 0L;
        for (var length = s_length; checkedOperations <= Enough && length <= s_longest; length *= 4)
        {
            checkedOperations = await HoldAsync(length); // On a busy machine it takes longer until enough has happened.
        }

        Assert.True(checkedOperations > Enough, $"{checkedOperations} operations were checked.");
    }

    /// <summary>Returns how many operations were checked, all of them clean.</summary>
    private static async Task<long> HoldAsync(TimeSpan length)
    {
        using var folder = new ScratchFolder();
        var made = DrillConfiguration.For(Clients);
        var file = Path.Combine(folder.Path, "drill.yaml");
        await File.WriteAllTextAsync(file, made.Yaml, TestContext.Current.CancellationToken);
        await using var cluster = await ProcessCluster.StartAsync(silos: 3, gateways: 2, "--config", file);
        using var target = new SpreadTarget([.. cluster.Gateways.Select(gateway => new HttpTarget(new Uri(gateway.Url, "/"), made.Keys, operatorKey: null))]);
        var plan = new DrillPlan([.. made.Keys.Keys], Seed) { Duration = length };
        var running = new DrillRun(plan, target, TimeProvider.System).RunAsync(TestContext.Current.CancellationToken);
        var half = Task.Delay(length / 2, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Same(half, await Task.WhenAny(running, half));
        await cluster.Silos[1].Process.KillAsync();
        var report = new DrillReport(plan, await running);
        using var text = new StringWriter();
        report.WriteTo(text);
        TestContext.Current.TestOutputHelper!.WriteLine(text.ToString());
        Assert.True(report.IsClean, text.ToString());
        return report.Checked;
    }

    /// <summary>Each request goes to another gateway than the one before.</summary>
    private sealed class SpreadTarget(HttpTarget[] targets) : IDrillTarget, IDisposable
    {
        private int _sent;

        public Task<DrillReply> SendAsync(DrillRequest request, CancellationToken cancellationToken) =>
            targets[(uint)Interlocked.Increment(ref _sent) % targets.Length].SendAsync(request, cancellationToken);

        public Task<IReadOnlyDictionary<string, long>?> SignalsAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyDictionary<string, long>?>(null);

        public void Dispose() => Array.ForEach(targets, target => target.Dispose());
    }
}
