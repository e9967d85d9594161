using System.Text.Json.Nodes;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;
using static OrleansMcp.Tests.Engine.RecordCalls;

namespace OrleansMcp.Tests.Engine;

/// <summary>Permissions that are taken away while a session is open: calls that run or wait notice.</summary>
public abstract class RevocationContract : EngineContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_runs_is_answered_and_cancelled_and_others_go_on(bool byOperator)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        var bystander = await engine.OpenAsync(Bob);
        var (lost, kept) = (client.CallAsync("test_gate", new { gate = "lost" }), client.CallAsync("test_progress", new { gate = "kept", steps = 0 }));
        var other = bystander.CallAsync("test_gate", new { gate = "other" });
        await engine.Gates["lost"].Entered;
        await engine.Gates["kept"].Entered;
        await engine.Gates["other"].Entered;
        await WithdrawAsync(engine, client, byOperator, "tool:engine_*", "tool:test_progress");
        Assert.Equal("permission_denied", (await lost).Code);
        await engine.Gates["lost"].Cancelled;
        Assert.Equal("permission_denied", (await client.Elsewhere().CallAsync("test_gate", new { gate = "again" })).Code);
        Assert.Equal("x", await client.CallTextAsync("engine_echo", new { text = "x" }));
        engine.Gates["kept"].Open();
        engine.Gates["other"].Open();
        Assert.Equal(("through", "through"), ((await kept).Text, (await other).Text));
        Assert.Equal(0, engine.Gates["lost"].Passed);
        await SignalledAsync(engine, SignalName.PermissionDenied, 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_waits_for_its_turn_changes_nothing_any_more(bool byOperator)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        await client.IncrementAsync(7);
        var stubborn = client.CallAsync("test_stubborn", new { gate = "stubborn" });
        await engine.Gates["stubborn"].Entered;
        await WithdrawAsync(engine, client, byOperator, "tool:engine_counter");
        Assert.Equal("permission_denied", (await stubborn).Code);

        // It does not heed its cancellation, and goes on to write.
        engine.Gates["stubborn"].Open();
        await engine.Gates["stubborn done"].Entered;
        Assert.Equal(7, await client.CounterAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_lost_its_permission_writes_and_shares_no_records_any_more(bool byOperator)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        await PutAsync(client, "k", "early");
        var stubborn = client.CallAsync("test_stubborn_records", new { gate = "stubborn" });
        await engine.Gates["stubborn"].Entered;
        await WithdrawAsync(engine, client, byOperator, "tool:records_*", "records:*:read", "records:*:write"); // the tool's permission, not the records'
        Assert.Equal("permission_denied", (await stubborn).Code);
        engine.Gates["stubborn"].Open();
        await engine.Gates["stubborn done"].Entered;
        Assert.Equal("early", await ValueAsync(client, "k"));
        Assert.Empty((await OkAsync(client, "records_grants", new { @namespace = "orders" }))["grants"]!.AsArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_that_answers_a_call_ends_with_the_refusal(bool byOperator)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        await using var stream = await client.StreamAsync("test_notify", new { gate = "streaming", count = 2, bytes = 10 });
        await stream.UntilMethodAsync("notifications/test");
        await WithdrawAsync(engine, client, byOperator, "tool:engine_*");
        Assert.Equal("permission_denied", new ToolAnswer(await stream.UntilAnswerAsync()).Code);
        Assert.Empty(await stream.ToEndAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_subscription_stops_and_the_client_hears_that_its_lists_changed(bool byOperator)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        await client.SubscribeAsync("test://lost");
        await client.SubscribeAsync("test://kept");
        await using var listening = await client.Elsewhere().ListenAsync();
        await WithdrawAsync(engine, client, byOperator, "tool:test_touch", "resource:test://kept");
        Assert.Equal("notifications/tools/list_changed", (await listening.NextMessageAsync())?.Method);
        Assert.Equal("notifications/prompts/list_changed", (await listening.NextMessageAsync())?.Method);
        Assert.Equal("notifications/resources/list_changed", (await listening.NextMessageAsync())?.Method);
        await client.CallTextAsync("test_touch", new { uri = "test://lost" });
        await client.CallTextAsync("test_touch", new { uri = "test://kept" });
        Assert.Equal("test://kept", (string?)(await listening.NextMessageAsync())?.Params!["uri"]);
    }

    [Fact]
    public async Task A_subscription_of_a_principal_ends_with_the_refusal()
    {
        await using var engine = await StartAsync();
        var client = engine.Principal(Alice);
        var wanted = new JsonObject { ["notifications"] = new JsonObject { ["resourceSubscriptions"] = new JsonArray("test://lost") } };
        var reply = await client.PostAsync(client.Request("subscriptions/listen", wanted));
        await using var stream = await client.ReadAsync(reply);
        await stream.UntilMethodAsync("notifications/subscriptions/acknowledged");
        await client.CallTextAsync("test_touch", new { uri = "test://lost" });
        await stream.UntilMethodAsync("notifications/resources/updated");
        engine.Configure(TestConfiguration.With().Permitting("acme", "alice", "tool:*"));
        Assert.Equal("permission_denied", (string?)(await stream.UntilAnswerAsync())["error"]?["data"]?["code"]);
        var again = await client.AnswerAsync(await client.PostAsync(client.Request("subscriptions/listen", wanted)));
        Assert.Equal("permission_denied", (string?)again["error"]?["data"]?["code"]);
    }

    [Fact]
    public async Task A_call_that_waits_for_its_user_is_cancelled_and_its_retry_refused()
    {
        await using var engine = await StartAsync();
        var client = engine.Principal(Alice);
        var parameters = Rpc.CallParams("test_elicit");
        var asked = await client.RequestAsync("tools/call", parameters);
        parameters["requestState"] = (string)asked["result"]!["requestState"]!;
        parameters["inputResponses"] = new JsonObject(asked["result"]!["inputRequests"]!.AsObject().Select(one => KeyValuePair.Create(
            one.Key, (JsonNode?)new JsonObject { ["action"] = "accept", ["content"] = new JsonObject { ["colour"] = "red" } })));

        // A narrower credential cannot go on with it, a shrunk registration ends it.
        engine.Configure(TestConfiguration.With().Scoped(("echo", ["tool:engine_echo"])));
        var narrow = client.As(Alice with { Scopes = new HashSet<string> { "echo" } });
        Assert.Equal("permission_denied", new ToolAnswer(await narrow.RequestAsync("tools/call", parameters)).Code);
        engine.Configure(TestConfiguration.With().Permitting("acme", "alice", "tool:engine_*"));
        await Eventually.Holds(() => engine.Gates["asked in vain"].Passed == 1, "the handler was cancelled");
        Assert.Equal("permission_denied", new ToolAnswer(await client.RequestAsync("tools/call", parameters)).Code);
        engine.Configure(TestConfiguration.With());
        Assert.True(new ToolAnswer(await client.RequestAsync("tools/call", parameters)).Failed);
        Assert.Equal(0, engine.Gates["elicited"].Passed);
    }

    [Fact]
    public async Task A_batch_is_answered_call_by_call()
    {
        await using var engine = await StartAsync(TestConfiguration.With().Permitting("acme", "alice", "tool:engine_echo", "tool:test_gate"));
        var client = await engine.OpenAsync(Alice, ProtocolVersions.March2025);
        var posting = client.PostBatchAsync(
            Rpc.Call(1, "engine_echo", new { text = "x" }), Rpc.Call(2, "engine_whoami"), Rpc.Call(3, "test_gate", new { gate = "batch" }));
        await engine.Gates["batch"].Entered;
        engine.Configure(TestConfiguration.With().Permitting("acme", "alice", "tool:engine_echo"));
        var answers = JsonNode.Parse((await posting).Body.Span)!.AsArray();
        Assert.Equal(
            [(1, null), (2, "permission_denied"), (3, "permission_denied")],
            answers.Select(answer => ((int)answer!["id"]!, new ToolAnswer(answer).Code)).Order());
    }

    private static async Task WithdrawAsync(IEngine engine, EngineClient client, bool byOperator, params string[] remaining)
    {
        if (byOperator)
        {
            Assert.True((await client.Elsewhere().OperateAsync(OperatorAction.Shrink, remaining)).IsFound);
        }
        else
        {
            engine.Configure(TestConfiguration.With().Permitting("acme", "alice", remaining));
        }
    }
}
