using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Clients;

/// <summary>The client of the C# SDK, in each revision it speaks.</summary>
public sealed class CSharpClientTests(SharedServer shared) : IClassFixture<SharedServer>
{
    public static TheoryData<string?> Revisions => [(string?)null, "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];

    [Theory]
    [MemberData(nameof(Revisions))]
    public async Task Lists_the_tools(string? revision)
    {
        await using var client = await ConnectAsync(revision);
        var names = (await client.ListToolsAsync(cancellationToken: Cancelled)).Select(tool => tool.Name).ToHashSet();
        Assert.Superset(new HashSet<string> { "echo", "increment", "slow", "whoami" }, names);
    }

    [Theory]
    [MemberData(nameof(Revisions))]
    public async Task Calls_the_tools(string? revision)
    {
        await using var client = await ConnectAsync(revision);

        var echo = await client.CallToolAsync("echo", Arguments("text", "grüße"), cancellationToken: Cancelled);
        Assert.Contains("grüße", Text(echo));

        var before = DemoTools.Counter(Text(await client.CallToolAsync("increment", cancellationToken: Cancelled)));
        var after = DemoTools.Counter(Text(await client.CallToolAsync("increment", Arguments("by", 5), cancellationToken: Cancelled)));
        Assert.Equal(before + 5, after);
    }

    [Theory]
    [MemberData(nameof(Revisions))]
    public async Task Sees_progress(string? revision)
    {
        await using var client = await ConnectAsync(revision);
        var progress = new Reports();
        var result = await client.CallToolAsync("slow", Arguments("ms", 500), progress, cancellationToken: Cancelled);
        Assert.NotEqual(true, result.IsError);
        await Eventually.Holds(() => progress.Count > 0, "progress was reported");
    }

    [Theory]
    [MemberData(nameof(Revisions))]
    public async Task Agrees_on_the_revision_it_asked_for(string? revision)
    {
        await using var client = await ConnectAsync(revision);
        Assert.Equal(revision ?? "2026-07-28", client.NegotiatedProtocolVersion);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Task<McpClient> ConnectAsync(string? revision)
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = shared.Server.Url,
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {TestConfiguration.Alice}" },
        });
        return McpClient.CreateAsync(transport, new McpClientOptions { ProtocolVersion = revision }, cancellationToken: Cancelled);
    }

    private static Dictionary<string, object?> Arguments(string name, object value) => new() { [name] = value };

    private static string Text(CallToolResult result)
    {
        Assert.NotEqual(true, result.IsError);
        return Assert.IsType<TextContentBlock>(result.Content[0]).Text;
    }

    private sealed class Reports : IProgress<ProgressNotificationValue>
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Report(ProgressNotificationValue value) => Interlocked.Increment(ref _count);
    }
}
