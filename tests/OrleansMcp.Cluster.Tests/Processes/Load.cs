using System.Diagnostics;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>Sessions that write again and again while a test hurts the cluster under them.</summary>
internal sealed class Load : IAsyncDisposable
{
    private const int Sessions = 16;

    private readonly CancellationTokenSource _stopping = new();
    private readonly Task[] _running;

    private Load(Writer[] writers)
    {
        Writers = writers;
        _running = [.. writers.Select(writer => Task.Run(() => writer.RunAsync(_stopping.Token)))];
    }

    public IReadOnlyList<Writer> Writers { get; }

    public long Acknowledged => Writers.Sum(writer => writer.Acknowledged);

    public static Task<Load> StartAsync(ProcessCluster cluster) => StartAsync([.. cluster.Gateways.Select(gateway => gateway.Url)], TestConfiguration.Alice);

    public static async Task<Load> StartAsync(IReadOnlyList<Uri> gateways, string key)
    {
        var load = new Load(await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => Writer.OpenAsync(gateways, key))));
        await load.ProgressAsync("before anything happens");
        return load;
    }

    /// <summary>Waits until every session has been acknowledged something from now on. Returns how long the slowest took.</summary>
    public async Task<TimeSpan> ProgressAsync(string when)
    {
        var since = Stopwatch.GetTimestamp();
        var waiting = Writers.ToList();
        while (waiting.Count > 0)
        {
            ExpectNoFaults();
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(60), $"{waiting.Count} sessions did not answer for 60 s ({when}).");
            await Task.Delay(5);
            waiting.RemoveAll(writer => writer.AnsweredAt > since);
        }

        return Stopwatch.GetElapsedTime(since);
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running).InTime("the load stopped");
        ExpectNoFaults();
    }

    public void ExpectNoFaults() => 
        Assert.True(Writers.All(writer => writer.Faults.Count == 0), string.Join('\n', Writers.SelectMany(writer => writer.Faults).Take(5)));

    public void Report(string what) => TestContext.Current.TestOutputHelper?.WriteLine(
        $"{what}. {Acknowledged:n0} increments acknowledged; {Writers.Sum(writer => writer.Retried)} retried, " +
        $"{Writers.Sum(writer => writer.Refused)} refused by the store; longest request {Writers.Max(writer => writer.Longest).TotalSeconds:0.00} s.");

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var writer in Writers)
        {
            writer.Dispose();
        }
    }
}
