using System.Net;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Isolation;

/// <summary>Seed 001, failure path 1: a valid key of another client or tenant on somebody's session.</summary>
public abstract class StrangerContract(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData(TestConfiguration.Bob)]
    [InlineData(TestConfiguration.Carol)]
    public async Task A_stranger_gets_the_404_of_an_unknown_session_and_changes_nothing(string stranger)
    {
        await using var server = await TestServer.StartAsync();
        using var owner = await OpenAsync(server);
        using var probe = new StrangerProbe(owner, stranger);
        await probe.TryEverythingAsync();
        await ExpectUnharmedAsync(owner, counter: 2);
        await ExpectSignalsAsync(server, stranger, probe.Attempts);
    }

    [Theory]
    [InlineData(TestConfiguration.Bob)]
    [InlineData(TestConfiguration.Carol)]
    public async Task Nor_after_the_session_left_memory_and_came_back(string stranger)
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Time = time,
            Configuration = TestConfiguration.With(new SessionConfiguration { PassivateAfter = TimeSpan.FromMinutes(2) }),
        });
        using var owner = await OpenAsync(server);
        await server.SendToSleepAsync(time);
        using (var first = new StrangerProbe(owner, stranger))
        {
            // The stranger is the first to touch the session after it left memory: it must not become its owner.
            await first.TryEverythingAsync();
        }

        await ExpectUnharmedAsync(owner, counter: 2);
        await server.SendToSleepAsync(time);
        using var probe = new StrangerProbe(owner, stranger);
        await probe.TryEverythingAsync();
        Assert.Equal(3, await owner.IncrementAsync());
    }

    [Fact]
    public async Task Nor_after_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        using var ofBob = await OpenAsync(server);
        using var ofCarol = await OpenAsync(server);
        await server.RestartAsync();
        await ForBothAsync(owner => ExpectUnharmedAsync(owner, counter: 2));
        await server.RestartAsync();
        await ForBothAsync(async owner => Assert.Equal(3, await owner.IncrementAsync()));

        async Task ForBothAsync(Func<RawClient, Task> check)
        {
            foreach (var (owner, stranger) in new[] { (ofBob, TestConfiguration.Bob), (ofCarol, TestConfiguration.Carol) })
            {
                await Case.OfAsync(stranger, async () =>
                {
                    using var probe = new StrangerProbe(owner, stranger);
                    await probe.TryEverythingAsync();
                    await check(owner);
                });
            }
        }
    }

    [Theory]
    [InlineData(TestConfiguration.Bob)]
    [InlineData(TestConfiguration.Carol)]
    public async Task A_stranger_cannot_end_read_or_answer_what_is_running(string stranger)
    {
        var server = shared.Server;
        var gate = $"running beside {stranger}";
        using var owner = await OpenAsync(server);
        using var asking = await owner.PostForStreamAsync(Rpc.Call(1, "test_elicit"));
        var asked = await asking.Events.UntilMethodAsync("elicitation/create");
        using var running = await owner.PostForStreamAsync(
            Rpc.Call("running", "test_progress", new { gate, steps = 1 }, progressToken: 1));
        var progress = await running.Events.UntilMethodAsync("notifications/progress");
        using var listening = await owner.ListenAsync();

        using var probe = new StrangerProbe(owner, stranger) { LastEventId = progress.Id!, InputId = asked.Json["id"]!.ToJsonString() };
        await probe.TryEverythingAsync();

        server.Gates[gate].Open();
        Assert.Equal("through", Text(await running.Events.UntilAnswerAsync()));
        await owner.AnswerAsync(asked, new { action = "accept", content = new { colour = "mine" } });
        Assert.Equal("acme/alice accept mine", Text(await asking.Events.UntilAnswerAsync()));
        await owner.CallTextAsync("test_touch", new { uri = "test://owned" });
        Assert.Equal("notifications/resources/updated", (await listening.Events.NextMessageAsync()).Method);
        Assert.False(server.Gates[gate].WasCancelled);
    }

    [Theory]
    [InlineData(TestConfiguration.Bob)]
    [InlineData(TestConfiguration.Carol)]
    public async Task The_owners_event_and_input_ids_are_worth_nothing_in_a_strangers_own_session(string stranger)
    {
        var server = shared.Server;
        using var owner = await OpenAsync(server);
        using var other = await server.Client(stranger).OpenAsync(capabilities: new { elicitation = new { } });
        using var asking = await owner.PostForStreamAsync(Rpc.Call(1, "test_elicit", new { question = "owner's question" }));
        var asked = await asking.Events.UntilMethodAsync("elicitation/create");

        (await other.AnswerAsync(asked, new { action = "accept", content = new { colour = "stolen" } })).Expect(HttpStatusCode.BadRequest);
        var replay = await other.GetAsync(asked.Id);
        Assert.NotEqual(HttpStatusCode.OK, replay.Status);
        Assert.DoesNotContain("owner's question", replay.Text, StringComparison.Ordinal);
        await other.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = 1 }));

        await owner.AnswerAsync(asked, new { action = "accept", content = new { colour = "mine" } });
        Assert.Equal("acme/alice accept mine", Text(await asking.Events.UntilAnswerAsync()));
    }

    [Theory]
    [InlineData(TestConfiguration.Alice)]
    [InlineData(TestConfiguration.Bob)]
    [InlineData(TestConfiguration.Carol)]
    public async Task What_another_session_does_never_shows_in_the_owners_stream(string stranger)
    {
        var server = shared.Server;
        using var owner = await OpenAsync(server);
        using var listening = await owner.ListenAsync();
        using var other = await server.Client(stranger).OpenAsync();
        await other.PostAsync(Rpc.Request("s", "resources/subscribe", new { uri = "test://owned" }));
        await other.CallTextAsync("test_touch", new { uri = "test://owned" });
        await other.IncrementAsync();
        await other.PostAsync(Rpc.Notification("notifications/roots/list_changed"));
        await other.CallTextAsync("test_log");
        (await other.DeleteAsync()).Expect(HttpStatusCode.OK);

        await owner.PostAsync(Rpc.Request("u", "resources/subscribe", new { uri = "test://fence" }));
        await owner.CallTextAsync("test_touch", new { uri = "test://fence" });
        var first = await listening.Events.NextMessageAsync();
        Assert.Equal("test://fence", (string)first.Json["params"]!["uri"]!);
    }

    [Fact]
    public async Task An_attempt_names_the_attacker_and_the_owner_in_the_audit_and_no_session_in_the_metrics()
    {
        await using var server = await TestServer.StartAsync();
        using var owner = await OpenAsync(server);
        using var bob = owner.As(TestConfiguration.Bob);
        (await bob.CallAsync("increment")).Expect(HttpStatusCode.NotFound);
        await Eventually.Holds(() => server.ReadAudit().Contains("cross_session_attempt", StringComparison.Ordinal), "the attempt was audited");
        var line = Assert.Single(server.ReadAudit().Split('\n'), line => line.Contains("cross_session_attempt", StringComparison.Ordinal));
        Assert.Contains("bob", line, StringComparison.Ordinal);
        Assert.DoesNotContain(owner.SessionId!, server.ReadAudit(), StringComparison.Ordinal);
        Assert.All(server.Signals.TagValues, tag => Assert.DoesNotContain(tag, owner.SessionId!.Split('.')));
    }

    [Fact]
    public async Task The_owner_raises_no_signal()
    {
        await using var server = await TestServer.StartAsync();
        using var owner = await OpenAsync(server);
        await owner.IncrementAsync();
        (await owner.DeleteAsync()).Expect(HttpStatusCode.OK);
        (await owner.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.NotFound);
        Assert.Equal(0, server.Signals["cross_session_attempt"] + server.Signals["cross_tenant_attempt"] + server.Signals["forged_session_id"]);
    }

    private static async Task<RawClient> OpenAsync(TestServer server)
    {
        var owner = await server.Client().OpenAsync(capabilities: new { elicitation = new { } });
        await owner.IncrementAsync();
        (await owner.PostAsync(Rpc.Request("s", "resources/subscribe", new { uri = "test://owned" }))).Expect(HttpStatusCode.OK);
        return owner;
    }

    private static async Task ExpectUnharmedAsync(RawClient owner, long counter)
    {
        Assert.Equal(counter, await owner.IncrementAsync());
        var who = DemoTools.WhoAmI(await owner.CallTextAsync("whoami"));
        Assert.Equal(("acme", "alice"), (who.Tenant, who.Client));
        using var listening = await owner.ListenAsync();
        await owner.CallTextAsync("test_touch", new { uri = "test://strange" });
        await owner.CallTextAsync("test_touch", new { uri = "test://owned" });
        var told = await listening.Events.NextMessageAsync();
        Assert.Equal("test://owned", (string)told.Json["params"]!["uri"]!);
    }

    private static async Task ExpectSignalsAsync(TestServer server, string stranger, int attempts)
    {
        var (expected, other) = stranger == TestConfiguration.Bob
            ? ("cross_session_attempt", "cross_tenant_attempt")
            : ("cross_tenant_attempt", "cross_session_attempt");
        await Eventually.Holds(() => server.Signals[expected] >= attempts, $"{attempts} times {expected}");
        Assert.Equal(attempts, server.Signals[expected]);
        Assert.Equal(0, server.Signals[other]);
        await Eventually.Holds(() => server.ReadAudit().Contains(expected, StringComparison.Ordinal), "the attempt was audited");
    }

    private static string Text(SseEvent answer) => (string)answer.Json["result"]!["content"]![0]!["text"]!;
}
