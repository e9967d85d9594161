using System.Text.Json.Nodes;
using OrleansMcp.Configuration;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>Records are private until they are shared, change in transactions, and are never lost once they were acknowledged.</summary>
public abstract class RecordContract : EngineContract
{
    private static readonly (string Tool, string Arguments, string Signal)[] s_foreign =
    [
        ("records.get", """{"key":"k"}""", SignalName.CrossNamespaceRead),
        ("records.read", """{"keys":["k"]}""", SignalName.CrossNamespaceRead),
        ("records.query", "{}", SignalName.CrossNamespaceRead),
        ("records.grants", "{}", SignalName.CrossNamespaceRead),
        ("records.put", """{"key":"k","value":1}""", SignalName.CrossNamespaceWrite),
        ("records.delete", """{"key":"k"}""", SignalName.CrossNamespaceWrite),
        ("records.transact", """{"writes":[{"key":"k","value":1}]}""", SignalName.CrossNamespaceWrite),
        ("records.share", """{"client":"alice","access":"write"}""", SignalName.CrossNamespaceWrite),
    ];

    private static readonly (string Tool, string Arguments)[] s_noArguments =
    [
        ("records.put", """{"key":"","value":1}"""),
        ("records.put", """{"key":"a b","value":1}"""),
        ("records.put", """{"key":"k","value":1,"version":-1}"""),
        ("records.put", """{"key":"k","value":"TOO LONG"}"""),
        ("records.put", """{"key":"TOO LONG","value":1}"""),
        ("records.read", """{"keys":[]}"""),
        ("records.query", """{"limit":0}"""),
        ("records.query", """{"limit":101}"""),
        ("records.query", """{"cursor":"made up"}"""),
        ("records.query", """{"cursor":"bWFkZSB1cA"}"""),
        ("records.transact", """{"writes":[]}"""),
        ("records.transact", """{"writes":[{"key":"k","value":1},{"key":"k","value":2}]}"""),
        ("records.transact", """{"writes":[{"key":"k","value":1,"delete":true}]}"""),
        ("records.transact", """{"writes":[{"key":"k"}]}"""),
        ("records.share", """{"client":"alice","access":"read"}"""),
        ("records.share", """{"client":"nobody","access":"read"}"""),
        ("records.share", """{"client":"carol","access":"read"}"""),
        ("records.share", """{"client":"bob","access":"all"}"""),
    ];

    [Fact]
    public async Task A_record_says_what_it_is_and_who_made_it()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        var put = await OkAsync(alice, "records.put", new { @namespace = "orders", key = "a/1", value = new { price = 1.10m, list = new object?[] { null, true, "é" } } });
        var record = (await OkAsync(alice.Elsewhere(), "records.get", new { @namespace = "orders", key = "a/1" }))["record"]!;
        Assert.Equal("""{"price":1.10,"list":[null,true,"é"]}""", System.Text.RegularExpressions.Regex.Unescape(record["value"]!.ToJsonString()));
        Assert.Equal(("alice", "alice"), ((string)record["createdBy"]!, (string)record["lastModifiedBy"]!));
        Assert.Equal((string)put["transaction"]!, (string)record["transaction"]!);
        Assert.Equal(Version(put), Version(record));
        Assert.Equal(alice.Key.Name, (string)record["session"]!);
    }

    [Fact]
    public async Task A_namespace_is_its_clients_own_whatever_it_is_named()
    {
        await using var engine = await StartAsync();
        var (alice, bob, carol) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Bob), await engine.OpenAsync(Carol));
        foreach (var client in new[] { alice, bob, carol })
        {
            await PutAsync(client, "k", client.Caller.Client);
        }

        foreach (var client in new[] { alice, bob, carol })
        {
            Assert.Equal(client.Caller.Client, await ValueAsync(client.Elsewhere(), "k"));
        }
    }

    [Fact]
    public async Task Another_clients_namespace_is_not_there_until_it_is_shared()
    {
        await using var engine = await StartAsync();
        var (alice, bob) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Bob));
        await PutAsync(alice, "k", "hers");
        var attempts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (tool, arguments, signal) in s_foreign)
        {
            var there = await RefusedAsync(bob.Elsewhere(), tool, With(arguments, "alice/orders"));
            var nowhere = await RefusedAsync(bob, tool, With(arguments, "alice/nothing"));
            Assert.Equal("not_found", there.Code);
            Assert.Equal(there.Text, nowhere.Text);
            attempts[signal] = attempts.GetValueOrDefault(signal) + 2;
            await SignalledAsync(engine, signal, attempts[signal]);
        }

        Assert.Equal("hers", await ValueAsync(alice, "k"));
    }

    [Fact]
    public async Task No_argument_names_a_tenant()
    {
        await using var engine = await StartAsync();
        var carol = await engine.OpenAsync(Carol);
        await PutAsync(await engine.OpenAsync(Alice), "k", "hers");
        foreach (var name in new[] { "acme/alice/orders", "../alice/orders", "alice/../orders", "Orders", "", "/orders", "alice/", "orders\n", "alice/orders" })
        {
            var answer = await RefusedAsync(carol, "records.get", new { @namespace = name, key = "k" });
            Assert.Equal(name == "alice/orders" ? "not_found" : "invalid_argument", answer.Code);
        }
    }

    [Fact]
    public async Task A_client_of_another_tenant_reaches_nothing_under_the_same_names()
    {
        await using var engine = await StartAsync();
        var (alice, carol) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Carol));
        await PutAsync(alice, "k", "hers");
        await OkAsync(alice, "records.share", new { @namespace = "orders", client = "bob", access = "write" });
        Assert.Equal("not_found", (await RefusedAsync(carol, "records.get", new { @namespace = "alice/orders", key = "k" })).Code);
        Assert.Equal("not_found", (await RefusedAsync(carol, "records.put", new { @namespace = "bob/orders", key = "k", value = 1 })).Code);
        Assert.Equal("hers", await ValueAsync(alice, "k"));
    }

    [Theory]
    [InlineData("read", true, false)]
    [InlineData("write", true, true)]
    [InlineData("none", false, false)]
    public async Task A_grant_lets_in_for_what_it_says(string access, bool reads, bool writes)
    {
        await using var engine = await StartAsync();
        var (alice, bob) = (await engine.OpenAsync(Alice), (await engine.OpenAsync(Bob)).Elsewhere());
        await PutAsync(alice, "k", "hers");
        await OkAsync(alice, "records.share", new { @namespace = "orders", client = "bob", access = "write" });
        var grants = await OkAsync(alice.Elsewhere(), "records.share", new { @namespace = "orders", client = "bob", access });
        Assert.Equal(access == "none" ? 0 : 1, grants["grants"]!.AsArray().Count);
        Assert.Equal(grants.ToJsonString(), (await OkAsync(alice, "records.grants", new { @namespace = "orders" })).ToJsonString());
        Assert.Equal(reads, !(await bob.CallAsync("records.get", new { @namespace = "alice/orders", key = "k" })).Failed);
        var put = await bob.CallAsync("records.put", new { @namespace = "alice/orders", key = "k", value = "his" });
        Assert.Equal(writes, !put.Failed);
        Assert.Equal(access == "read" ? "permission_denied" : access == "none" ? "not_found" : null, put.Code);
        Assert.Equal(writes ? "his" : "hers", await ValueAsync(alice, "k"));
        var share = await RefusedAsync(bob, "records.share", new { @namespace = "alice/orders", client = "alice", access = "read" });
        Assert.Equal(reads ? "permission_denied" : "not_found", share.Code);
    }

    [Fact]
    public async Task A_shared_record_names_its_writer_and_its_maker()
    {
        await using var engine = await StartAsync();
        var (alice, bob) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Bob));
        await PutAsync(alice, "k", "hers");
        await OkAsync(alice, "records.share", new { @namespace = "orders", client = "bob", access = "write" });
        await OkAsync(bob, "records.put", new { @namespace = "alice/orders", key = "k", value = "his" });
        var record = (await OkAsync(alice, "records.get", new { @namespace = "orders", key = "k" }))["record"]!;
        Assert.Equal(("alice", "bob", bob.Key.Name), ((string)record["createdBy"]!, (string)record["lastModifiedBy"]!, (string)record["session"]!));
    }

    [Theory]
    [InlineData("records:orders:read")]
    [InlineData("records:orders:write")]
    [InlineData("records:alice/orders:read")]
    public async Task A_session_reads_and_writes_what_it_is_permitted(string permission)
    {
        await using var engine = await StartAsync(TestConfiguration.With().Permitting("acme", "bob", "tool:*", permission));
        var (alice, bob) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Bob));
        await PutAsync(alice, "k", "hers");
        await OkAsync(alice, "records.share", new { @namespace = "orders", client = "bob", access = "write" });
        Assert.Equal(permission == "records:orders:read", !(await bob.CallAsync("records.get", new { @namespace = "orders", key = "k" })).Failed);
        Assert.Equal(permission == "records:orders:write", !(await bob.CallAsync("records.put", new { @namespace = "orders", key = "k", value = 1 })).Failed);
        Assert.Equal(permission == "records:alice/orders:read", !(await bob.CallAsync("records.get", new { @namespace = "alice/orders", key = "k" })).Failed);
        Assert.Equal("permission_denied", (await RefusedAsync(bob, "records.put", new { @namespace = "alice/orders", key = "k", value = 1 })).Code);
        Assert.Equal("hers", await ValueAsync(alice, "k"));
    }

    [Fact]
    public async Task A_write_that_rests_on_what_is_not_current_changes_nothing_and_is_signalled()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        var first = Version(await PutAsync(alice, "k", "one"));
        Assert.Equal("conflict", (await RefusedAsync(alice, "records.put", new { @namespace = "orders", key = "k", value = "x", version = 0 })).Code);
        var second = Version(await OkAsync(alice.Elsewhere(), "records.put", new { @namespace = "orders", key = "k", value = "two", version = first }));
        Assert.True(second > first);
        var refused = await RefusedAsync(alice, "records.transact", new
        {
            @namespace = "orders", reads = new[] { new { key = "k", version = first } }, writes = new[] { new { key = "other", value = "x" } },
        });
        Assert.Equal(("conflict", "k"), (refused.Code, (string)refused.Json["result"]!["structuredContent"]!["keys"]![0]!));
        Assert.Equal("conflict", (await RefusedAsync(alice, "records.delete", new { @namespace = "orders", key = "k", version = first })).Code);
        Assert.Equal("two", await ValueAsync(alice, "k"));
        Assert.Null(await ValueAsync(alice, "other"));
        await SignalledAsync(engine, SignalName.StaleRead, 3);
    }

    [Fact]
    public async Task A_version_never_comes_back()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        var first = Version(await PutAsync(alice, "k", "one"));
        Assert.True((bool)(await OkAsync(alice, "records.delete", new { @namespace = "orders", key = "k", version = first }))["deleted"]!);
        Assert.False((bool)(await OkAsync(alice, "records.delete", new { @namespace = "orders", key = "k" }))["deleted"]!);
        await LeaveAsync(engine);
        var again = Version(await PutAsync(alice, "k", "one"));
        Assert.True(again > first);
        Assert.Equal("conflict", (await RefusedAsync(alice, "records.put", new { @namespace = "orders", key = "k", value = "x", version = first })).Code);
    }

    [Fact]
    public async Task A_transaction_happens_as_a_whole_or_not_at_all()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        await PutAsync(alice, "old", "x");
        var made = await OkAsync(alice, "records.transact", new
        {
            @namespace = "orders", writes = new object[] { new { key = "a", value = 1 }, new { key = "b", value = 2, version = 0 }, new { key = "old", delete = true } },
        });
        Assert.Equal([Version(made), Version(made), 0], made["versions"]!.AsArray().Select(one => (long)one!["version"]!));
        await RefusedAsync(alice, "records.transact", new
        {
            @namespace = "orders", writes = new object[] { new { key = "a", value = 100 }, new { key = "b", value = 200, version = 0 } },
        });
        var read = await OkAsync(alice.Elsewhere(), "records.read", new { @namespace = "orders", keys = new[] { "a", "b", "old" } });
        Assert.Equal(["a=1", "b=2"], read["records"]!.AsArray().Select(record => $"{record!["key"]}={record["value"]}"));
    }

    [Fact]
    public async Task Increments_by_many_sessions_through_all_nodes_are_all_counted()
    {
        await using var engine = await StartAsync();
        var sessions = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => engine.OpenAsync(Alice)));
        await PutAsync(sessions[0], "n", 0);
        await Task.WhenAll(sessions.Select(async (session, number) =>
        {
            for (var i = 0; i < 6; i++)
            {
                await AddAsync(session.At(number % engine.NodeCount), "n");
            }
        }));
        Assert.Equal("24", await ValueAsync(sessions[0], "n"));
    }

    [Fact]
    public async Task Two_who_each_read_what_the_other_writes_do_not_both_succeed()
    {
        await using var engine = await StartAsync();
        var (one, other) = (await engine.OpenAsync(Alice), (await engine.OpenAsync(Alice)).Elsewhere());
        for (var round = 0; round < 10; round++)
        {
            var (a, b) = (Version(await PutAsync(one, "a", "on call")), Version(await PutAsync(one, "b", "on call")));
            var both = await Task.WhenAll(
                one.CallAsync("records.transact", Off("a", "b", b)), other.CallAsync("records.transact", Off("b", "a", a)));
            Assert.Equal(1, both.Count(answer => answer.Failed));
        }

        static object Off(string write, string read, long version) => new
        {
            @namespace = "orders", reads = new[] { new { key = read, version } }, writes = new[] { new { key = write, value = "off" } },
        };
    }

    [Fact]
    public async Task Pages_of_a_query_are_of_one_moment_and_in_the_order_of_their_keys()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        foreach (var key in new[] { "b/3", "a/2", "a/1", "a/10", "c" })
        {
            await PutAsync(alice, key, key);
        }

        var first = await OkAsync(alice, "records.query", new { @namespace = "orders", prefix = "a/", limit = 2 });
        await PutAsync(alice, "a/2", "changed");
        await PutAsync(alice, "a/3", "new");
        await OkAsync(alice, "records.delete", new { @namespace = "orders", key = "a/1" });
        var second = await OkAsync(alice.Elsewhere(), "records.query", new { @namespace = "orders", prefix = "a/", limit = 2, cursor = (string)first["cursor"]! });
        Assert.Equal(["a/1", "a/10", "a/2"], Values(first).Concat(Values(second)));
        Assert.Null(second["cursor"]);
        Assert.Equal((long)first["snapshot"]!, (long)second["snapshot"]!);
        Assert.Equal(["a/10", "changed", "new"], Values(await OkAsync(alice, "records.query", new { @namespace = "orders", prefix = "a/" })));
        var again = await OkAsync(alice, "records.read", new { @namespace = "orders", keys = new[] { "a/1", "a/2" }, snapshot = (long)first["snapshot"]! });
        Assert.Equal(["a/1", "a/2"], Values(again));
    }

    [Fact]
    public async Task A_snapshot_is_held_for_a_while_and_then_said_to_be_gone()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        await PutAsync(alice, "k", "one");
        var snapshot = (long)(await OkAsync(alice, "records.get", new { @namespace = "orders", key = "k" }))["snapshot"]!;
        await PutAsync(alice, "k", "two");
        engine.Time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(["one"], Values(await OkAsync(alice, "records.read", new { @namespace = "orders", keys = new[] { "k" }, snapshot })));
        engine.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("snapshot_expired", (await RefusedAsync(alice, "records.read", new { @namespace = "orders", keys = new[] { "k" }, snapshot })).Code);
        Assert.Equal("snapshot_expired", (await RefusedAsync(alice, "records.read", new { @namespace = "orders", keys = new[] { "k" }, snapshot = 999 })).Code);
    }

    [Fact]
    public async Task What_was_acknowledged_outlives_the_engine_with_its_grants()
    {
        await using var engine = await StartAsync();
        SkipUnlessItRestarts(engine);
        var alice = await engine.OpenAsync(Alice);
        var version = Version(await PutAsync(alice, "k", "hers"));
        await OkAsync(alice, "records.share", new { @namespace = "orders", client = "bob", access = "read" });
        await PutAsync(alice, "gone", 1);
        await OkAsync(alice, "records.delete", new { @namespace = "orders", key = "gone" });
        await engine.RestartAsync();
        var bob = await engine.OpenAsync(Bob);
        var record = (await OkAsync(bob.Elsewhere(), "records.get", new { @namespace = "alice/orders", key = "k" }))["record"]!;
        Assert.Equal(("hers", version), ((string)record["value"]!, Version(record)));
        Assert.False((bool)(await OkAsync(bob, "records.get", new { @namespace = "alice/orders", key = "gone" }))["found"]!);
        Assert.Equal("permission_denied", (await RefusedAsync(bob, "records.put", new { @namespace = "alice/orders", key = "k", value = 1 })).Code);
    }

    [Fact]
    public async Task What_is_no_argument_is_refused_and_says_why()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        foreach (var (tool, arguments) in s_noArguments)
        {
            var given = With(arguments.Replace("TOO LONG", new string('x', 62_000), StringComparison.Ordinal), "orders");
            var answer = await RefusedAsync(alice, tool, given);
            Assert.True(answer.Code == "invalid_argument", $"{tool} {arguments}: {answer}");
        }
    }

    [Fact]
    public async Task What_records_hold_counts_as_state_of_the_client_over_restarts()
    {
        await using var engine = await StartAsync(TestConfiguration.With(quotas: new QuotaConfiguration { StateBytes = 95_000, CallsPerMinute = 100_000 }));
        var alice = await engine.OpenAsync(Alice);
        var value = new string('x', 30_000);
        await PutAsync(alice, "1", value);
        await OkAsync(alice, "records.put", new { @namespace = "other", key = "2", value });
        await LeaveAsync(engine);
        Assert.Equal("quota_exceeded", (await RefusedAsync(alice, "records.put", new { @namespace = "third", key = "3", value })).Code);
        await OkAsync(alice, "records.delete", new { @namespace = "orders", key = "1" });
        await PutAsync(alice, "1", value);
        Assert.Equal("quota_exceeded", (await RefusedAsync(alice, "records.put", new { @namespace = "orders", key = "2", value })).Code);
        await OkAsync(await engine.OpenAsync(Bob), "records.put", new { @namespace = "orders", key = "1", value });
    }

    [Fact]
    public async Task A_namespace_takes_so_many_records_and_a_client_so_many_namespaces()
    {
        var limits = new RecordsConfiguration { MaxRecords = 2, MaxNamespaces = 2, MaxBytes = 10_000 };
        await using var engine = await StartAsync(TestConfiguration.With() with { Records = limits });
        var alice = await engine.OpenAsync(Alice);
        await PutAsync(alice, "1", 1);
        await PutAsync(alice, "2", 2);
        Assert.Equal("quota_exceeded", (await RefusedAsync(alice, "records.put", new { @namespace = "orders", key = "3", value = 3 })).Code);
        await PutAsync(alice, "2", "another");
        Assert.Equal("quota_exceeded", (await RefusedAsync(alice, "records.put", new { @namespace = "orders", key = "2", value = new string('x', 10_000) })).Code);
        await OkAsync(alice, "records.put", new { @namespace = "second", key = "1", value = 1 });
        Assert.Equal("quota_exceeded", (await RefusedAsync(alice, "records.put", new { @namespace = "third", key = "1", value = 1 })).Code);
    }

    private static async Task LeaveAsync(IEngine engine)
    {
        SkipUnlessItRestarts(engine);
        await engine.RestartAsync();
    }

    private static async Task AddAsync(EngineClient client, string key)
    {
        while (true)
        {
            var record = (await OkAsync(client, "records.get", new { @namespace = "orders", key }))["record"]!;
            var put = await client.CallAsync("records.put", new { @namespace = "orders", key, value = (int)record["value"]! + 1, version = Version(record) });
            if (!put.Failed)
            {
                return;
            }

            Assert.Equal("conflict", put.Code);
        }
    }

    private static long Version(JsonNode node) => (long)node["version"]!;

    private static IEnumerable<string> Values(JsonNode page) => page["records"]!.AsArray().Select(record => record!["value"]!.ToString());

    private static Task<JsonNode> PutAsync(EngineClient client, string key, object value) =>
        OkAsync(client, "records.put", new { @namespace = "orders", key, value });

    private static async Task<string?> ValueAsync(EngineClient client, string key) =>
        (await OkAsync(client, "records.get", new { @namespace = "orders", key }))["record"]?["value"]?.ToString();

    private static JsonNode With(string arguments, string name)
    {
        var node = JsonNode.Parse(arguments)!;
        node["namespace"] = name;
        return node;
    }

    private static async Task<JsonNode> OkAsync(EngineClient client, string tool, object arguments)
    {
        var answer = await client.CallAsync(tool, arguments);
        Assert.False(answer.Failed, answer.ToString());
        return answer.Json["result"]!["structuredContent"]!;
    }

    private static async Task<ToolAnswer> RefusedAsync(EngineClient client, string tool, object arguments)
    {
        var answer = await client.CallAsync(tool, arguments);
        Assert.True(answer.Failed, answer.ToString());
        return answer;
    }
}
