using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Tests.Engine;

/// <summary>Each tool call leaves a summary with its tenant, for those who may read it.</summary>
public abstract class ToolLogContract : EngineContract
{
    /// <summary>A call and its outcome.</summary>
    public static TheoryData<string, string, string> Outcomes { get; } = new()
    {
        { "engine_echo", """{"text":"x"}""", "ok" },
        { "engine_echo", """{"text":1}""", "invalid" },
        { "test_fail", "{}", "error" },
        { "test_secret_digest", """{"name":"none"}""", "secret_unavailable" },
        { "policy_pay", """{"fail":true}""", "error" },
        { "engine_fill", """{"bytes":1}""", "permission_denied" },
        { "no.such.tool", "{}", "permission_denied" },
        { "policy_none", "{}", "invalid" },
    };

    [Theory]
    [MemberData(nameof(Outcomes))]
    public async Task A_call_leaves_its_outcome(string tool, string arguments, string outcome)
    {
        await using var engine = await StartAsync(TestConfiguration.With().Permitting(
            "acme", "alice", "tool:engine_echo", "tool:test_*", "tool:policy_*", "tool:toollog_recent", "toollog:*"));
        var alice = await engine.OpenAsync(Alice);
        await alice.CallAsync(tool, JsonNode.Parse(arguments));
        var entry = Assert.Single(await ReadAsync(alice, new { tool }));
        Assert.Equal((tool, outcome, "alice"), ((string?)entry["tool"], (string?)entry["outcome"], (string?)entry["client"]));
    }

    [Fact]
    public async Task An_entry_is_a_summary_and_tells_neither_arguments_nor_result()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        await alice.CallTextAsync("engine_echo", new { text = "hunter2" });
        var answer = await alice.CallAsync("toollog_recent");
        var entry = Assert.Single(answer.Json["result"]!["structuredContent"]!["entries"]!.AsArray())!;
        Assert.Equal("""{"text":"hunter2"}""".Length, (int)entry["argumentBytes"]!);
        Assert.InRange((int)entry["resultBytes"]!, 20, 400);
        Assert.Equal(alice.Key.Name, (string?)entry["session"]);
        Assert.Equal(engine.Time.GetUtcNow(), (DateTimeOffset)entry["at"]!);
        var text = answer.ToString();
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.DoesNotContain(alice.Key.Value, text, StringComparison.Ordinal);
        var plain = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("""{"text":"hunter2"}""")));
        Assert.DoesNotContain((string)entry["arguments"]!, plain, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_no_name_is_cut_to_the_length_of_one()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        await alice.CallAsync(new string('x', 10_000));
        Assert.Equal(new string('x', 128), (string?)Assert.Single(await ReadAsync(alice, new { outcome = "invalid" }))["tool"]);
    }

    [Fact]
    public async Task A_clients_equal_arguments_are_seen_to_be_equal_and_cannot_be_guessed_by_another()
    {
        await using var engine = await StartAsync();
        var (alice, bob) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Bob));
        await alice.CallTextAsync("test_may", new { kind = "tool", name = "x" });
        await alice.CallTextAsync("test_may", new { name = "x", kind = "tool" });
        await alice.CallTextAsync("test_may", new { kind = "tool", name = "y" });
        await bob.CallTextAsync("test_may", new { kind = "tool", name = "x" });
        await FlushAsync(engine);
        var hashes = (await ReadAsync(alice, new { tool = "test_may" }, 4)).GroupBy(entry => (string?)entry["arguments"]).Select(group => group.Count());
        Assert.Equal([1, 1, 2], hashes.Order());
    }

    [Fact]
    public async Task A_tenants_log_is_seen_by_its_clients_and_by_no_other_tenant()
    {
        await using var engine = await StartAsync();
        var (alice, bob, carol) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Bob), await engine.OpenAsync(Carol));
        await alice.CallTextAsync("engine_whoami");
        await engine.Principal(Bob).CallTextAsync("engine_whoami");
        await carol.CallTextAsync("engine_whoami");
        await FlushAsync(engine);
        foreach (var client in new[] { alice, bob, engine.Principal(Alice) })
        {
            var seen = await ReadAsync(client.Elsewhere(), new { tool = "engine_whoami" }, 2);
            Assert.Equal(["alice", "bob"], seen.Select(entry => (string)entry["client"]!).Order());
        }

        Assert.Equal(["carol"], (await ReadAsync(carol, new { tool = "engine_whoami" })).Select(entry => (string)entry["client"]!));
    }

    [Fact]
    public async Task Only_tools_that_a_permission_covers_are_seen()
    {
        await using var engine = await StartAsync(TestConfiguration.With()
            .Permitting("acme", "bob", "tool:toollog_recent", "toollog:engine_*")
            .Scoped(("log.echo", ["tool:*", "toollog:engine_echo"]), ("tools", ["tool:*"])));
        var (alice, bob) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Bob));
        await alice.CallTextAsync("engine_echo", new { text = "x" });
        await alice.CallTextAsync("engine_whoami");
        await alice.CallTextAsync("test_may", new { kind = "tool", name = "x" });
        await FlushAsync(engine);
        Assert.Equal(["engine_echo", "engine_whoami"], await ToolsAsync(bob, 2));
        Assert.Equal("permission_denied", (await bob.CallAsync("toollog_recent", new { tool = "test_may" })).Code);
        Assert.Equal(["engine_echo"], await ToolsAsync(alice.As(Alice with { Scopes = new HashSet<string> { "log.echo" } }), 1));
        var without = await alice.As(Alice with { Scopes = new HashSet<string> { "tools" } }).CallAsync("toollog_recent");
        Assert.Equal(("permission_denied", "toollog:*"), (without.Code, (string?)without.Json["result"]!["structuredContent"]!["permission"]));
        await SignalledAsync(engine, SignalName.PermissionDenied, 2);
    }

    [Fact]
    public async Task The_newest_come_first_and_what_is_asked_for()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        for (var i = 0; i < 5; i++)
        {
            engine.Time.Advance(TimeSpan.FromSeconds(10));
            await alice.CallAsync("policy_pay", new { amount = i, fail = i == 2 });
        }

        var now = engine.Time.GetUtcNow();
        var all = await ReadAsync(alice, new { tool = "policy_pay" });
        Assert.Equal([0, 10, 20, 30, 40], all.Select(entry => (now - (DateTimeOffset)entry["at"]!).TotalSeconds));
        Assert.Single(await ReadAsync(alice, new { outcome = "error", tool = "policy_pay" }));
        Assert.Equal(2, (await ReadAsync(alice, new { tool = "policy_pay", limit = 2 })).Count);
        Assert.Equal(3, (await ReadAsync(alice, new { tool = "policy_pay", since = now.AddSeconds(-20) })).Count);
        foreach (var limit in new[] { 0, 101 })
        {
            Assert.True((await alice.CallAsync("toollog_recent", new { limit })).Failed);
        }
    }

    [Fact]
    public async Task An_entry_lives_for_a_day()
    {
        await using var engine = await StartAsync();
        await engine.Principal(Alice).CallTextAsync("engine_whoami");
        await FlushAsync(engine);
        var acme = engine.Tenants(0).Get("acme");
        var query = ToolLogQuery.ByOperator("olga", "acme", new ToolLogFilter());
        await Eventually.Holds(async () => (await acme.ReadCallsAsync(query, CancellationToken.None)).Count == 1, "the entry arrived");
        engine.Time.Advance(TimeSpan.FromHours(24));
        Assert.Empty(await acme.ReadCallsAsync(query, CancellationToken.None));
    }

    [Fact]
    public async Task The_actor_of_a_tenant_refuses_entries_and_queries_of_another()
    {
        await using var engine = await StartAsync();
        var globex = engine.Tenants(engine.NodeCount - 1).Get("globex");
        var entry = new ToolLogEntry(engine.Time.GetUtcNow(), "alice", "session", "tool", "ok", 1, 1, TimeSpan.Zero, "digest");
        await globex.AppendCallsAsync("acme", [entry], CancellationToken.None);
        await AttemptedAsync(engine, SignalName.CrossTenantAttempt, 1);
        await globex.AppendCallsAsync("globex", [entry with { Client = "carol" }], CancellationToken.None);
        var own = await globex.ReadCallsAsync(ToolLogQuery.ByOperator("olga", "globex", new ToolLogFilter()), CancellationToken.None);
        Assert.Equal(["carol"], own.Select(one => one.Client));
        Assert.Empty(await globex.ReadCallsAsync(new ToolLogQuery("acme", "alice", ["toollog:*"], new ToolLogFilter()), CancellationToken.None));
        Assert.Empty(await globex.ReadCallsAsync(new ToolLogQuery("globex", "carol", ["tool:*", "toollog:other"], new ToolLogFilter()), CancellationToken.None));
        await AttemptedAsync(engine, SignalName.CrossTenantAttempt, 2);
    }

    /// <summary>Lets the time go by after which every process has sent what it held.</summary>
    private static async Task FlushAsync(IEngine engine)
    {
        await Task.Yield();
        engine.Time.Advance(TimeSpan.FromSeconds(1));
    }

    private static async Task<List<string>> ToolsAsync(EngineClient client, int count) =>
        [.. (await ReadAsync(client, null, count, entry => (string?)entry["tool"] != "toollog_recent")).Select(entry => (string)entry["tool"]!).Order()];

    /// <summary>What a client sees, once there is so much of it.</summary>
    private static async Task<List<JsonNode>> ReadAsync(EngineClient client, object? arguments, int count = 1, Func<JsonNode, bool>? counts = null)
    {
        List<JsonNode> seen = [];
        await Eventually.Holds(
            async () =>
            {
                var answer = await client.CallAsync("toollog_recent", arguments);
                Assert.False(answer.Failed, answer.ToString());
                seen = [.. answer.Json["result"]!["structuredContent"]!["entries"]!.AsArray().Select(one => one!).Where(one => counts?.Invoke(one) ?? true)];
                return seen.Count >= count;
            },
            $"{count} entries were there");
        return seen;
    }
}
