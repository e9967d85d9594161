using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;
using static OrleansMcp.Tests.Engine.RecordCalls;

namespace OrleansMcp.Tests.Engine;

/// <summary>Records say who made them, are read as of one moment, have bounds, and are never lost once they were acknowledged.</summary>
public abstract class RecordContract : EngineContract
{
    private static readonly (string Tool, string Arguments)[] s_noArguments =
    [
        ("records_put", """{"key":"","value":1}"""),
        ("records_put", """{"key":"a b","value":1}"""),
        ("records_put", """{"key":"k","value":1,"version":-1}"""),
        ("records_put", """{"key":"k","value":"TOO LONG"}"""),
        ("records_put", """{"key":"TOO LONG","value":1}"""),
        ("records_read", """{"keys":[]}"""),
        ("records_query", """{"limit":0}"""),
        ("records_query", """{"limit":101}"""),
        ("records_query", """{"cursor":"made up"}"""),
        ("records_query", """{"cursor":"bWFkZSB1cA"}"""),
        ("records_transact", """{"writes":[]}"""),
        ("records_transact", """{"writes":[{"key":"k","value":1},{"key":"k","value":2}]}"""),
        ("records_transact", """{"writes":[{"key":"k","value":1,"delete":true}]}"""),
        ("records_transact", """{"writes":[{"key":"k"}]}"""),
        ("records_share", """{"client":"alice","access":"read"}"""),
        ("records_share", """{"client":"nobody","access":"read"}"""),
        ("records_share", """{"client":"carol","access":"read"}"""),
        ("records_share", """{"client":"bob","access":"all"}"""),
    ];

    [Fact]
    public async Task A_record_says_what_it_is_and_who_made_it()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        var put = await OkAsync(alice, "records_put", new { @namespace = "orders", key = "a/1", value = new { price = 1.10m, list = new object?[] { null, true, "é" } } });
        var record = (await OkAsync(alice.Elsewhere(), "records_get", new { @namespace = "orders", key = "a/1" }))["record"]!;
        Assert.Equal("""{"price":1.10,"list":[null,true,"é"]}""", System.Text.RegularExpressions.Regex.Unescape(record["value"]!.ToJsonString()));
        Assert.Equal(("alice", "alice"), ((string)record["createdBy"]!, (string)record["lastModifiedBy"]!));
        Assert.Equal((string)put["transaction"]!, (string)record["transaction"]!);
        Assert.Equal(Version(put), Version(record));
        Assert.Equal(alice.Key.Name, (string)record["session"]!);
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

        var first = await OkAsync(alice, "records_query", new { @namespace = "orders", prefix = "a/", limit = 2 });
        await PutAsync(alice, "a/2", "changed");
        await PutAsync(alice, "a/3", "new");
        await OkAsync(alice, "records_delete", new { @namespace = "orders", key = "a/1" });
        var second = await OkAsync(alice.Elsewhere(), "records_query", new { @namespace = "orders", prefix = "a/", limit = 2, cursor = (string)first["cursor"]! });
        Assert.Equal(["a/1", "a/10", "a/2"], Values(first).Concat(Values(second)));
        Assert.Null(second["cursor"]);
        Assert.Equal((long)first["snapshot"]!, (long)second["snapshot"]!);
        Assert.Equal(["a/10", "changed", "new"], Values(await OkAsync(alice, "records_query", new { @namespace = "orders", prefix = "a/" })));
        var again = await OkAsync(alice, "records_read", new { @namespace = "orders", keys = new[] { "a/1", "a/2" }, snapshot = (long)first["snapshot"]! });
        Assert.Equal(["a/1", "a/2"], Values(again));
    }

    [Fact]
    public async Task A_snapshot_is_held_for_a_while_and_then_said_to_be_gone()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        await PutAsync(alice, "k", "one");
        var snapshot = (long)(await OkAsync(alice, "records_get", new { @namespace = "orders", key = "k" }))["snapshot"]!;
        await PutAsync(alice, "k", "two");
        engine.Time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(["one"], Values(await OkAsync(alice, "records_read", new { @namespace = "orders", keys = new[] { "k" }, snapshot })));
        engine.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("snapshot_expired", (await RefusedAsync(alice, "records_read", new { @namespace = "orders", keys = new[] { "k" }, snapshot })).Code);
        Assert.Equal("snapshot_expired", (await RefusedAsync(alice, "records_read", new { @namespace = "orders", keys = new[] { "k" }, snapshot = 999 })).Code);
    }

    [Fact]
    public async Task What_was_acknowledged_outlives_the_engine_with_its_grants()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        var version = Version(await PutAsync(alice, "k", "hers"));
        await OkAsync(alice, "records_share", new { @namespace = "orders", client = "bob", access = "read" });
        await PutAsync(alice, "gone", 1);
        await OkAsync(alice, "records_delete", new { @namespace = "orders", key = "gone" });
        await engine.RestartAsync();
        var bob = await engine.OpenAsync(Bob);
        var record = (await OkAsync(bob.Elsewhere(), "records_get", new { @namespace = "alice/orders", key = "k" }))["record"]!;
        Assert.Equal(("hers", version), ((string)record["value"]!, Version(record)));
        Assert.False((bool)(await OkAsync(bob, "records_get", new { @namespace = "alice/orders", key = "gone" }))["found"]!);
        Assert.Equal("permission_denied", (await RefusedAsync(bob, "records_put", new { @namespace = "alice/orders", key = "k", value = 1 })).Code);
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
        await OkAsync(alice, "records_put", new { @namespace = "other", key = "2", value });
        await LeaveMemoryAsync(engine, restart: true);
        Assert.Equal("quota_exceeded", (await RefusedAsync(alice, "records_put", new { @namespace = "third", key = "3", value })).Code);
        await OkAsync(alice, "records_delete", new { @namespace = "orders", key = "1" });
        await PutAsync(alice, "1", value);
        Assert.Equal("quota_exceeded", (await RefusedAsync(alice, "records_put", new { @namespace = "orders", key = "2", value })).Code);
        await OkAsync(await engine.OpenAsync(Bob), "records_put", new { @namespace = "orders", key = "1", value });
    }

    [Fact]
    public async Task A_namespace_takes_so_many_records_and_a_client_so_many_namespaces()
    {
        var limits = new RecordsConfiguration { MaxRecords = 2, MaxNamespaces = 2, MaxBytes = 10_000 };
        await using var engine = await StartAsync(TestConfiguration.With() with { Records = limits });
        var alice = await engine.OpenAsync(Alice);
        await PutAsync(alice, "1", 1);
        await PutAsync(alice, "2", 2);
        Assert.Equal("quota_exceeded", (await RefusedAsync(alice, "records_put", new { @namespace = "orders", key = "3", value = 3 })).Code);
        await PutAsync(alice, "2", "another");
        Assert.Equal("quota_exceeded", (await RefusedAsync(alice, "records_put", new { @namespace = "orders", key = "2", value = new string('x', 10_000) })).Code);
        await OkAsync(alice, "records_put", new { @namespace = "second", key = "1", value = 1 });
        Assert.Equal("quota_exceeded", (await RefusedAsync(alice, "records_put", new { @namespace = "third", key = "1", value = 1 })).Code);

        // Whatever begins a namespace needs a place, and one that is empty keeps its own.
        await OkAsync(alice, "records_delete", new { @namespace = "second", key = "1" });
        (string Tool, Func<string, object> Arguments)[] others =
        [
            ("records_delete", static name => new { @namespace = name, key = "1" }),
            ("records_share", static name => new { @namespace = name, client = "bob", access = "none" }),
            ("records_set_schema", static name => new { @namespace = name }),
        ];
        foreach (var (tool, arguments) in others)
        {
            Assert.Equal("quota_exceeded", (await RefusedAsync(alice, tool, arguments("third"))).Code);
            await OkAsync(alice, tool, arguments("second"));
        }
    }
}
