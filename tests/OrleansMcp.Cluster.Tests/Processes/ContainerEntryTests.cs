using System.Diagnostics;
using System.Globalization;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>The published application, run as its container runs it.</summary>
public sealed class ContainerEntryTests
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task It_runs_as_nobody_writes_no_file_and_leaves_in_time_without_losing_what_it_acknowledged()
    {
        using var image = await PublishedSilo.MakeAsync();
        var refused = ExpectDemoKeysRefusedAsync(image);
        var tables = await Azurite.NewAccountAsync();
        var cluster = $"c{Guid.NewGuid():n}"[..12];
        var (first, firstUrl) = image.Start("silo", cluster, tables);
        await using var firstSilo = first;
        var (gateway, gatewayUrl) = image.Start("gateway", cluster, tables);
        await using var firstGateway = gateway;
        var (other, otherUrl) = image.Start("gateway", cluster, tables);
        await using var otherGateway = other;
        await ReadyAsync((first, firstUrl), (gateway, gatewayUrl), (other, otherUrl));
        await refused;

        await using var load = await Load.StartAsync([gatewayUrl, otherUrl], image.ApiKey);
        var (second, secondUrl) = image.Start("silo", cluster, tables);
        await using var secondSilo = second;
        await ReadyAsync((second, secondUrl));
        Array.ForEach([first, gateway, second], ExpectNobodyWhoWritesNoFile);

        await ExpectGoodEndAsync(first, "the silo");
        await load.ProgressAsync("after its sessions moved to the other silo");
        await ExpectGoodEndAsync(gateway, "the gateway");
        await load.ProgressAsync("through the other gateway");
        await load.StopAsync();
        load.Report("A silo and a gateway left");
        Assert.Empty(image.WrittenFiles());
    }

    /// <summary>What the image is told about its address makes the demo's published keys unusable, and it says so in one line.</summary>
    private static async Task ExpectDemoKeysRefusedAsync(PublishedSilo image)
    {
        await using var demo = image.Start(("URLS", $"http://0.0.0.0:{FreePort.Next()}"));
        Assert.Equal(2, await demo.ExitAsync());
        Assert.Contains("Demo keys are published and work on loopback only", demo.Output, StringComparison.Ordinal);
        Assert.Contains("http://0.0.0.0:", demo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", demo.Output, StringComparison.Ordinal);
    }

    private static async Task ReadyAsync(params (ProcessUnderTest Process, Uri Url)[] nodes)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var watch = Stopwatch.StartNew();
        foreach (var (process, url) in nodes)
        {
            while (!await IsReadyAsync(http, url))
            {
                Assert.False(process.HasExited, process.Output);
                Assert.True(watch.Elapsed < Eventually.Deadline, $"It was not ready within {Eventually.Deadline}: {process.Output}");
                await Task.Delay(50);
            }
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, Uri url)
    {
        try
        {
            return (await http.GetAsync(new Uri(url, "/readyz"))).IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private static async Task ExpectGoodEndAsync(ProcessUnderTest process, string which)
    {
        var (code, took) = await process.TerminateAsync();
        Assert.True(code == 0, $"{which} exited with {code}: {process.Output}");
        Assert.True(took < s_grace, $"{which} took {took} to stop.");
        Assert.DoesNotContain("Unhandled", process.Output, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine($"{which} left within {took.TotalSeconds:0.0} s.");
    }

    /// <summary>As the kernel sees it: whose it is, what it may do, and that no file is open for writing.</summary>
    private static void ExpectNobodyWhoWritesNoFile(ProcessUnderTest process)
    {
        var proc = $"/proc/{process.Id}";
        if (!Directory.Exists(proc))
        {
            return; // a system without such files; the folders that cannot be written remain
        }

        var status = File.ReadAllLines(proc + "/status").Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim());
        Assert.DoesNotContain("0", status["Uid"].Split('\t'));
        Assert.Equal(0, long.Parse(status["CapEff"], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        var inherited = Descriptors("self").Select(descriptor => descriptor.Target).ToHashSet(StringComparer.Ordinal); // from whoever runs the tests
        foreach (var (descriptor, target) in Descriptors($"{process.Id}"))
        {
            if (target.StartsWith('/') && !IsNoFile(target) && !inherited.Contains(target))
            {
                var flags = File.ReadAllLines($"{proc}/fdinfo/{descriptor}").First(line => line.StartsWith("flags:", StringComparison.Ordinal));
                Assert.True((Convert.ToInt32(flags[6..].Trim(), 8) & 3) == 0, $"{target} is open for writing.");
            }
        }
    }

    private static IEnumerable<(string Name, string Target)> Descriptors(string process) =>
        Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Select(path => (Path.GetFileName(path), new FileInfo(path).LinkTarget ?? ""));

    private static bool IsNoFile(string target) => target.StartsWith("/dev/", StringComparison.Ordinal) || target.StartsWith("/proc/", StringComparison.Ordinal)
        || target.StartsWith("/memfd:", StringComparison.Ordinal);
}
