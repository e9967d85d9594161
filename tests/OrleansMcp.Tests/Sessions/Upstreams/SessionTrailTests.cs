using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Protocol;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Tests.Sessions.Upstreams;

/// <summary>What conditions of policies are told of where a session has been.</summary>
public sealed class SessionTrailTests
{
    private static readonly UpstreamTool s_tool = new("evil", new Tool { Name = "news" }, new Tool { Name = "evil__news" }, digest: "");
    private readonly SessionBench _bench = new() { Connector = new Answering(), Store = new BenchStore { Held = new Gate() } };

    public SessionTrailTests()
    {
        _bench.Configuration.Current = UpstreamWorld.Configure(_bench.Configuration.Current, ("evil", new("https://evil.example.com/mcp")));
        _bench.Forwarding.Environment = _bench.Servers.Environment = _bench.Environment;
    }

    [Fact]
    public async Task A_result_is_passed_on_once_it_is_durable_that_its_server_was_asked()
    {
        var answer = CallAsync();
        await _bench.Store.Held!.Entered;
        Assert.Equal(["evil"], _bench.Trail.Servers); // Conditions know it before the answer.
        Assert.False(answer.IsCompleted);
        _bench.Store.Held.Open();
        using var result = await answer.InTime("the server's answer was passed on");
        Assert.Equal(["evil"], _bench.Record.Value.Servers);
    }

    [Fact]
    public async Task What_cannot_be_noted_is_not_passed_on()
    {
        _bench.Store.Held!.Open();
        _bench.Store.Fails = new IOException("The disk is full.");
        await Assert.ThrowsAsync<IOException>(() => CallAsync().InTime("the call failed"));
        _bench.Store.Fails = null;
        using var result = await CallAsync().InTime("the next one is answered");
        Assert.Equal(["evil"], _bench.Record.Value.Servers);
    }

    private Task<UpstreamResult> CallAsync() => _bench.Forwarding.CallAsync(_bench.ToolCall("evil__news"), s_tool, default, retry: null).AsTask();

    /// <summary>Answers every request at once.</summary>
    private sealed class Answering : IUpstreamConnector, IUpstreamConnection
    {
        public UpstreamGreeting Greeting { get; } = new(ProtocolVersions.November2025, new ServerCapabilities { Tools = new() });

        public bool IsLost => false;

        public IUpstreamConnection Connect(UpstreamConfiguration server, IUpstreamSession session) => this;

        public Task OpenAsync(IUpstreamExchange exchange, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask<UpstreamResult> RequestAsync(UpstreamRequest request, IUpstreamExchange exchange, CancellationToken cancellationToken)
        {
            var document = JsonDocument.Parse("""{"content":[]}""");
            return new(new UpstreamResult(document, document.RootElement));
        }

        public Task WatchAsync(IReadOnlyCollection<string> uris, IUpstreamExchange exchange, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask NotifyAsync(string method, CancellationToken cancellationToken) => default;

        public Task<bool> CloseAsync(CancellationToken cancellationToken) => Task.FromResult(true);
    }
}
