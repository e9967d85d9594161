using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>Watches a process that was told to stop, as those who route traffic to it do.</summary>
internal sealed class Departing : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly ClusterNode _node;

    private Departing(ClusterNode node, Task<(int ExitCode, TimeSpan Took)> exit) => (_node, Exit) = (node, exit);

    /// <summary>The exit code, and how long it took from the signal on.</summary>
    public Task<(int ExitCode, TimeSpan Took)> Exit { get; }

    /// <summary>
    /// Waits for an answer to a request that was sent after the calls. One of them that should still be on its way comes during the drain,
    /// which it outlasts like the others.
    /// </summary>
    public static async Task SentAsync(RawClient session) => Assert.True(await session.IsAliveAsync());

    /// <summary>Sends SIGTERM and returns when <c>/readyz</c> has answered that the process stops.</summary>
    public static async Task<Departing> BeginAsync(ClusterNode node)
    {
        var departing = new Departing(node, node.Process.TerminateAsync());
        await Eventually.Holds(
            async () =>
            {
                var (status, text) = await departing.GetAsync("/readyz");
                Assert.True(status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"The doors were closed before /readyz said so: {text}");
                return status == HttpStatusCode.ServiceUnavailable && text.Contains("stopping", StringComparison.Ordinal);
            },
            "/readyz answered 503");
        return departing;
    }

    /// <summary>The status, or null and why when nobody answers.</summary>
    public async Task<(HttpStatusCode? Status, string Text)> GetAsync(string path)
    {
        try
        {
            using var reply = await _http.GetAsync(new Uri(_node.Url, path));
            return (reply.StatusCode, await reply.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return (null, e.Message);
        }
    }

    /// <summary>It left by itself, in good order, in the time that orchestrators give.</summary>
    public async Task<TimeSpan> ExpectGoodEndAsync()
    {
        var (code, took) = await Exit;
        Assert.True(code == 0, $"It exited with {code}: {_node.Process.Output}");
        Assert.True(took < TimeSpan.FromSeconds(30), $"It took {took} to stop.");
        return took;
    }

    public void Dispose() => _http.Dispose();
}
