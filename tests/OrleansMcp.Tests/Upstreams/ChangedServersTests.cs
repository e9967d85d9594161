using Microsoft.Extensions.Time.Testing;
using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Stock;

namespace OrleansMcp.Tests.Upstreams;

/// <summary>What an operator changes of the servers is in force for open sessions, without their doing.</summary>
public sealed class ChangedServersTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private StockUpstream _upstream = null!;
    private TestServer _server = null!;

    private string ConfigFile => Path.Combine(_folder.Path, "server.yaml");

    public async ValueTask InitializeAsync()
    {
        _upstream = await StockUpstream.StartAsync(UpstreamEra.Sessions);
        await WriteAsync($"servers: {{ stock: {{ url: \"{_upstream.Url}\", private: true }} }}");
        _server = await TestServer.StartAsync(new TestServerOptions { ConfigFile = ConfigFile, Time = _time });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _upstream.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_server_that_is_taken_out_is_closed_in_open_sessions_and_their_clients_are_told()
    {
        using var client = await _server.Client().OpenAsync();
        using var stream = await client.ListenAsync();
        await client.PostAsync(Rpc.Request(1, "tools/list"));
        var call = client.CallAsync("stock__slow", new { gate = "g" });
        await _upstream.Gates["g"].Entered.InTime("the call arrived");
        Assert.Equal(1, _upstream.SessionsOpen);

        await WriteAsync("");
        _time.Advance(TimeSpan.FromSeconds(3));
        var ended = await call.InTime("the call ended");
        Assert.Equal("upstream_lost", (string?)ended.Result["structuredContent"]?["code"]);
        await Eventually.Holds(() => _upstream.SessionsOpen == 0, "the server's session was ended");
        await stream.Events.UntilMethodAsync(NotificationMethods.ToolListChangedNotification);
        await stream.Events.UntilMethodAsync(NotificationMethods.PromptListChangedNotification);
        await stream.Events.UntilMethodAsync(NotificationMethods.ResourceListChangedNotification);
        Assert.DoesNotContain("stock__", (await client.PostAsync(Rpc.Request(2, "tools/list"))).Text, StringComparison.Ordinal);
        Assert.Equal("Unknown tool: 'stock__count'", (string?)(await client.CallAsync("stock__count")).Error!["message"]);
        Assert.Equal(0, _upstream.SessionsOpen);
    }

    [Fact]
    public async Task A_server_that_is_configured_otherwise_is_opened_anew_and_one_that_is_the_same_goes_on()
    {
        using var client = await _server.Client().OpenAsync();
        Assert.Equal("1", await client.CallTextAsync("stock__count"));
        await WriteAsync($"# The same.\nservers: {{ stock: {{ url: \"{_upstream.Url}\", private: true }} }}");
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("2", await client.CallTextAsync("stock__count"));

        await WriteAsync($"servers: {{ stock: {{ url: \"{_upstream.Url}\", private: true, trust: untrusted }} }}");
        _time.Advance(TimeSpan.FromSeconds(3));
        await Eventually.Holds(() => _upstream.SessionsOpen == 0, "the connection of the former configuration was closed");
        Assert.Equal("1", await client.CallTextAsync("stock__count"));
    }

    [Fact]
    public async Task A_server_that_is_added_is_told_to_clients_and_offered()
    {
        await WriteAsync("");
        _time.Advance(TimeSpan.FromSeconds(3));
        using var client = await _server.Client().OpenAsync();
        using var stream = await client.ListenAsync();
        await client.PostAsync(Rpc.Request(1, "tools/list"));
        await WriteAsync($"servers: {{ late: {{ url: \"{_upstream.Url}\", private: true }} }}");
        _time.Advance(TimeSpan.FromSeconds(3));
        await stream.Events.UntilMethodAsync(NotificationMethods.ToolListChangedNotification);
        Assert.Contains("late__count", (await client.PostAsync(Rpc.Request(2, "tools/list"))).Text, StringComparison.Ordinal);
    }

    private Task WriteAsync(string servers)
    {
        var hash = Convert.ToHexStringLower(ApiKey.Hash(TestConfiguration.Alice));
        return File.WriteAllTextAsync(ConfigFile, $$"""
            tenants: { acme: { clients: { alice: { keys: [{ sha256: {{hash}}, demo: true }], permissions: ["tool:*", "prompt:*", "resource:*"] } } } }
            {{servers}}

            """);
    }
}
