using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Isolation;

/// <summary>What others see of a client's kept results and calls, over HTTP, when they call with the same arguments.</summary>
public abstract class CacheStrangerContract : IAsyncLifetime
{
    private static readonly string[] s_all = [TestConfiguration.Alice, TestConfiguration.Bob, TestConfiguration.Carol];

    private readonly FakeTimeProvider _time = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(new TestServerOptions
    {
        Configuration = TestConfiguration.With().Permitting("acme", "bob", "tool:*", "resource:*", "prompt:*", "toollog:echo"),
        Time = _time,
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_same_call_of_each_client_has_a_result_of_its_own()
    {
        Dictionary<string, string> stamps = new(StringComparer.Ordinal);
        foreach (var key in s_all)
        {
            using var client = await _server.Client(key).OpenAsync();
            var stamp = JsonNode.Parse(await client.CallTextAsync("cache_stamp", new { text = "same" }))!;
            Assert.Equal(key, $"demo-{stamp["client"]}");
            Assert.Equal(key == TestConfiguration.Carol ? "globex" : "acme", (string?)stamp["tenant"]);
            Assert.Equal((string?)stamp["stamp"], await StampAsync(client, "cache_stamp"));
            stamps.Add(key, (string)stamp["stamp"]!);
        }

        Assert.Equal(3, stamps.Values.Distinct(StringComparer.Ordinal).Count());
        _time.Advance(TimeSpan.FromSeconds(2));
        using var again = await _server.Client().OpenAsync();
        Assert.NotEqual(stamps[TestConfiguration.Alice], await StampAsync(again, "cache_stamp"));
    }

    [Fact]
    public async Task What_is_shared_stays_with_the_tenant_and_with_equal_permissions()
    {
        using var alice = await _server.Client().OpenAsync();
        using var same = await _server.Client().OpenAsync();
        using var bob = await _server.Client(TestConfiguration.Bob).OpenAsync();
        using var carol = await _server.Client(TestConfiguration.Carol).OpenAsync();
        var stamp = await StampAsync(alice, "cache_shared");
        Assert.Equal(stamp, await StampAsync(same, "cache_shared"));
        Assert.NotEqual(stamp, await StampAsync(bob, "cache_shared"));
        Assert.NotEqual(stamp, await StampAsync(carol, "cache_shared"));
    }

    [Fact]
    public async Task Arguments_and_meta_named_like_a_tenant_reach_no_other()
    {
        using var alice = await _server.Client().OpenAsync();
        using var carol = await _server.Client(TestConfiguration.Carol).OpenAsync();
        var stamp = await StampAsync(alice, "cache_shared");
        var meta = Rpc.CallParams("cache_shared", new { text = "same" });
        meta["_meta"] = new JsonObject { ["tenant"] = "acme", ["cacheScope"] = "public", ["orleansmcp/cached"] = true };
        var reply = await carol.PostAsync(Rpc.Request(1, "tools/call", meta));
        Assert.Equal("globex", (string?)JsonNode.Parse(reply.ToolText)!["tenant"]);
        Assert.DoesNotContain(stamp, reply.Text, StringComparison.Ordinal);
        var argument = await carol.CallAsync("cache_shared", new { text = "same", tenant = "acme" });
        Assert.DoesNotContain(stamp, argument.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_tenants_log_is_never_seen_and_ones_own_only_as_far_as_permitted()
    {
        using var alice = await _server.Client().OpenAsync();
        using var bob = await _server.Client(TestConfiguration.Bob).OpenAsync();
        using var carol = await _server.Client(TestConfiguration.Carol).OpenAsync();
        await alice.CallTextAsync("echo", new { text = "of alice" });
        await alice.CallTextAsync("whoami");
        await carol.CallTextAsync("echo", new { text = "of carol" });
        await Eventually.Holds(
            async () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return await LogAsync(bob) == "alice echo ok";
            },
            "bob sees of alice what he may");
        Assert.StartsWith("carol", await LogAsync(carol), StringComparison.Ordinal);
        Assert.DoesNotContain("alice", await LogAsync(carol), StringComparison.Ordinal);
        var denied = await bob.CallAsync("toollog_recent", new { tool = "whoami" });
        Assert.Equal("permission_denied", (string?)denied.Result["structuredContent"]!["code"]);
        Assert.DoesNotContain("carol", await LogAsync(alice), StringComparison.Ordinal);
    }

    private static async Task<string> StampAsync(RawClient client, string tool) =>
        (string)JsonNode.Parse(await client.CallTextAsync(tool, new { text = "same" }))!["stamp"]!;

    private static async Task<string> LogAsync(RawClient client) => string.Join('\n',
        (await client.CallAsync("toollog_recent")).Result["structuredContent"]!["entries"]!.AsArray()
            .Select(entry => $"{entry!["client"]} {entry["tool"]} {entry["outcome"]}").Where(line => !line.Contains("toollog_recent", StringComparison.Ordinal)));
}
