using OrleansMcp.Signals;
using static OrleansMcp.Tests.Engine.RecordCalls;

namespace OrleansMcp.Tests.Engine;

/// <summary>Transactions happen as a whole, in one order, and only on what is current.</summary>
public abstract class RecordTransactionContract : EngineContract
{
    [Fact]
    public async Task A_write_that_rests_on_what_is_not_current_changes_nothing_and_is_signalled()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        var first = Version(await PutAsync(alice, "k", "one"));
        Assert.Equal("conflict", (await RefusedAsync(alice, "records_put", new { @namespace = "orders", key = "k", value = "x", version = 0 })).Code);
        var second = Version(await OkAsync(alice.Elsewhere(), "records_put", new { @namespace = "orders", key = "k", value = "two", version = first }));
        Assert.True(second > first);
        var refused = await RefusedAsync(alice, "records_transact", new
        {
            @namespace = "orders", reads = new[] { new { key = "k", version = first } }, writes = new[] { new { key = "other", value = "x" } },
        });
        Assert.Equal(("conflict", "k"), (refused.Code, (string)refused.Json["result"]!["structuredContent"]!["keys"]![0]!));
        Assert.Equal("conflict", (await RefusedAsync(alice, "records_delete", new { @namespace = "orders", key = "k", version = first })).Code);
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
        Assert.True((bool)(await OkAsync(alice, "records_delete", new { @namespace = "orders", key = "k", version = first }))["deleted"]!);
        Assert.False((bool)(await OkAsync(alice, "records_delete", new { @namespace = "orders", key = "k" }))["deleted"]!);
        await LeaveMemoryAsync(engine, restart: true);
        var again = Version(await PutAsync(alice, "k", "one"));
        Assert.True(again > first);
        Assert.Equal("conflict", (await RefusedAsync(alice, "records_put", new { @namespace = "orders", key = "k", value = "x", version = first })).Code);
    }

    [Fact]
    public async Task A_transaction_happens_as_a_whole_or_not_at_all()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        await PutAsync(alice, "old", "x");
        var made = await OkAsync(alice, "records_transact", new
        {
            @namespace = "orders", writes = new object[] { new { key = "a", value = 1 }, new { key = "b", value = 2, version = 0 }, new { key = "old", delete = true } },
        });
        Assert.Equal([Version(made), Version(made), 0], made["versions"]!.AsArray().Select(one => (long)one!["version"]!));
        await RefusedAsync(alice, "records_transact", new
        {
            @namespace = "orders", writes = new object[] { new { key = "a", value = 100 }, new { key = "b", value = 200, version = 0 } },
        });
        var read = await OkAsync(alice.Elsewhere(), "records_read", new { @namespace = "orders", keys = new[] { "a", "b", "old" } });
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
                one.CallAsync("records_transact", Off("a", "b", b)), other.CallAsync("records_transact", Off("b", "a", a)));
            Assert.Equal(1, both.Count(answer => answer.Failed));
        }

        static object Off(string write, string read, long version) => new
        {
            @namespace = "orders", reads = new[] { new { key = read, version } }, writes = new[] { new { key = write, value = "off" } },
        };
    }

    private static async Task AddAsync(EngineClient client, string key)
    {
        while (true)
        {
            var record = (await OkAsync(client, "records_get", new { @namespace = "orders", key }))["record"]!;
            var put = await client.CallAsync("records_put", new { @namespace = "orders", key, value = (int)record["value"]! + 1, version = Version(record) });
            if (!put.Failed)
            {
                return;
            }

            Assert.Equal("conflict", put.Code);
        }
    }
}
