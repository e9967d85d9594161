using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;
using static OrleansMcp.Tests.Engine.RecordCalls;

namespace OrleansMcp.Tests.Engine;

/// <summary>A namespace is its client's own until it is shared, and then it is shared for what was said and with whom.</summary>
public abstract class RecordSharingContract : EngineContract
{
    private static readonly (string Tool, string Arguments, string Signal)[] s_foreign =
    [
        ("records_get", """{"key":"k"}""", SignalName.CrossNamespaceRead),
        ("records_read", """{"keys":["k"]}""", SignalName.CrossNamespaceRead),
        ("records_query", "{}", SignalName.CrossNamespaceRead),
        ("records_grants", "{}", SignalName.CrossNamespaceRead),
        ("records_schema", "{}", SignalName.CrossNamespaceRead),
        ("records_put", """{"key":"k","value":1}""", SignalName.CrossNamespaceWrite),
        ("records_delete", """{"key":"k"}""", SignalName.CrossNamespaceWrite),
        ("records_transact", """{"writes":[{"key":"k","value":1}]}""", SignalName.CrossNamespaceWrite),
        ("records_share", """{"client":"alice","access":"write"}""", SignalName.CrossNamespaceWrite),
        ("records_set_schema", """{"schema":true}""", SignalName.CrossNamespaceWrite),
    ];

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
            await AttemptedAsync(engine, signal, attempts[signal]);
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
            var answer = await RefusedAsync(carol, "records_get", new { @namespace = name, key = "k" });
            Assert.Equal(name == "alice/orders" ? "not_found" : "invalid_argument", answer.Code);
        }
    }

    [Fact]
    public async Task A_client_of_another_tenant_reaches_nothing_under_the_same_names()
    {
        await using var engine = await StartAsync();
        var (alice, carol) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Carol));
        await PutAsync(alice, "k", "hers");
        await OkAsync(alice, "records_share", new { @namespace = "orders", client = "bob", access = "write" });
        Assert.Equal("not_found", (await RefusedAsync(carol, "records_get", new { @namespace = "alice/orders", key = "k" })).Code);
        Assert.Equal("not_found", (await RefusedAsync(carol, "records_put", new { @namespace = "bob/orders", key = "k", value = 1 })).Code);
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
        await OkAsync(alice, "records_share", new { @namespace = "orders", client = "bob", access = "write" });
        var grants = await OkAsync(alice.Elsewhere(), "records_share", new { @namespace = "orders", client = "bob", access });
        Assert.Equal(access == "none" ? 0 : 1, grants["grants"]!.AsArray().Count);
        Assert.Equal(grants.ToJsonString(), (await OkAsync(alice, "records_grants", new { @namespace = "orders" })).ToJsonString());
        Assert.Equal(reads, !(await bob.CallAsync("records_get", new { @namespace = "alice/orders", key = "k" })).Failed);
        var put = await bob.CallAsync("records_put", new { @namespace = "alice/orders", key = "k", value = "his" });
        Assert.Equal(writes, !put.Failed);
        Assert.Equal(access == "read" ? "permission_denied" : access == "none" ? "not_found" : null, put.Code);
        Assert.Equal(writes ? "his" : "hers", await ValueAsync(alice, "k"));
        var share = await RefusedAsync(bob, "records_share", new { @namespace = "alice/orders", client = "alice", access = "read" });
        Assert.Equal(reads ? "permission_denied" : "not_found", share.Code);
        await AttemptedAsync(engine, SignalName.CrossNamespaceRead, reads ? 0 : 1);
        await AttemptedAsync(engine, SignalName.CrossNamespaceWrite, writes ? 1 : 2);
    }

    [Fact]
    public async Task A_shared_record_names_its_writer_and_its_maker()
    {
        await using var engine = await StartAsync();
        var (alice, bob) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Bob));
        await PutAsync(alice, "k", "hers");
        await OkAsync(alice, "records_share", new { @namespace = "orders", client = "bob", access = "write" });
        await OkAsync(bob, "records_put", new { @namespace = "alice/orders", key = "k", value = "his" });
        var record = (await OkAsync(alice, "records_get", new { @namespace = "orders", key = "k" }))["record"]!;
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
        await OkAsync(alice, "records_share", new { @namespace = "orders", client = "bob", access = "write" });
        Assert.Equal(permission == "records:orders:read", !(await bob.CallAsync("records_get", new { @namespace = "orders", key = "k" })).Failed);
        Assert.Equal(permission == "records:orders:write", !(await bob.CallAsync("records_put", new { @namespace = "orders", key = "k", value = 1 })).Failed);
        Assert.Equal(permission == "records:alice/orders:read", !(await bob.CallAsync("records_get", new { @namespace = "alice/orders", key = "k" })).Failed);
        Assert.Equal("permission_denied", (await RefusedAsync(bob, "records_put", new { @namespace = "alice/orders", key = "k", value = 1 })).Code);
        Assert.Equal("hers", await ValueAsync(alice, "k"));
    }
}
