using OrleansMcp.Auditing;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>The end of a session on its owner's word: a receipt, nothing left, and no way back.</summary>
public abstract class EndContract : EngineContract
{
    [Fact]
    public async Task An_end_gives_a_receipt_and_leaves_nothing()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        var opened = engine.Time.GetUtcNow();
        await client.IncrementAsync();
        engine.Time.Advance(TimeSpan.FromMinutes(1));

        var receipt = await client.Elsewhere().ReceiptAsync();

        Assert.Equal(new SessionReceipt(SessionEndReason.Closed, opened, engine.Time.GetUtcNow(), 0, 0), receipt);
        Assert.False(await engine.HasRecordAsync(client.Key));
        await NothingIsLeftOf(engine, client.Key);
        await SignalledAsync(engine, SignalName.SessionEnded, 1);
        Assert.Equal(
            new AuditEntry(
                receipt.EndedAt, SignalName.SessionEnded, null, null, null, client.Key.Value, "acme", "alice",
                "reason Closed, 0 calls cancelled, 0 secrets cleared, 0 servers closed"),
            OnlyEntry(engine) with { At = receipt.EndedAt });
        Assert.Empty(await engine.Tenants(0).Get("acme").ListSessionsAsync("alice", CancellationToken.None));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_ended_session_stays_ended_on_every_node(bool restart)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        await client.IncrementAsync();
        await client.ReceiptAsync();
        if (restart)
        {
            await LeaveMemoryAsync(engine, restart);
        }

        foreach (var through in client.Everywhere())
        {
            await Probe.FindsNothingAsync(through);
        }

        await NothingIsLeftOf(engine, client.Key);
    }

    [Fact]
    public async Task A_sleeping_session_is_ended_by_its_owner_alone()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        await engine.SendToSleepAsync();
        Assert.Null(await client.As(Bob).EndAsync());
        Assert.Equal(SessionEndReason.Closed, (await client.Elsewhere().ReceiptAsync()).Reason);
        await NothingIsLeftOf(engine, client.Key);
    }

    [Fact]
    public async Task Many_ends_at_once_are_one()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 32)
            .Select(i => Task.Run(() => client.At(i % engine.NodeCount).EndAsync())));
        Assert.Single(receipts.OfType<SessionReceipt>().Distinct());
        Assert.Null(await client.EndAsync());
        await NothingIsLeftOf(engine, client.Key);
        await SignalledAsync(engine, SignalName.SessionEnded, 1);
        OnlyEntry(engine);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_end_of_a_principals_actor_is_audited_once_whether_or_not_it_kept_anything(bool keeps)
    {
        await using var engine = await StartAsync();
        var client = engine.Principal(Alice);
        await client.CallTextAsync(keeps ? "engine_increment" : "engine_counter", new { by = 1 });
        Assert.Equal(keeps, await engine.HasRecordAsync(client.Key));
        await client.Elsewhere().ReceiptAsync();
        await SignalledAsync(engine, SignalName.SessionEnded, 1);
        Assert.Equal(client.Key.Value, OnlyEntry(engine).Session);
        await NothingIsLeftOf(engine, client.Key);
    }

    [Fact]
    public async Task An_end_cancels_what_runs_at_once_and_says_how_much()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        var waiting = client.CallAsync("test_gate", new { gate = "plain" }, id: 1);
        await engine.Gates["plain"].Entered;
        await using var streaming = await client.StreamAsync(
            "test_progress", new { gate = "streaming", steps = 1 }, id: 2, progressToken: 1);
        await engine.Gates["streaming"].Entered;

        var receipt = await client.Elsewhere().ReceiptAsync();

        Assert.Equal(2, receipt.CallsCancelled);
        await engine.Gates["plain"].Cancelled;
        await engine.Gates["streaming"].Cancelled;
        Assert.NotNull((await waiting).Json["error"]);
        Assert.DoesNotContain(await streaming.ToEndAsync(), message => message.Json["result"] is not null);
        Assert.False(await client.IsFoundAsync());
    }

    [Fact]
    public async Task An_end_lets_go_of_a_call_that_waits_for_its_user()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice, capabilities: new { elicitation = new { } });
        await using var open = await client.StreamAsync("test_elicit");
        await open.UntilMethodAsync("elicitation/create");
        Assert.Equal(1, (await client.Elsewhere().ReceiptAsync()).CallsCancelled);
        Assert.DoesNotContain(await open.ToEndAsync(), message => message.Json["result"] is not null);
        Assert.Equal(0, engine.Gates["elicited"].Passed);
    }

    [Fact]
    public async Task An_end_closes_the_streams_of_its_session_and_no_other()
    {
        await using var engine = await StartAsync();
        var (client, other) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Alice));
        await other.SubscribeAsync("test://other");
        await using var listening = await client.Elsewhere().ListenAsync();
        await using var kept = await other.Elsewhere().ListenAsync();
        await client.ReceiptAsync();
        Assert.Empty(await listening.ToEndAsync());
        await other.CallTextAsync("test_touch", new { uri = "test://other" });
        await kept.UntilMethodAsync("notifications/resources/updated");
    }

    /// <summary>The audit's one word on ends.</summary>
    private protected static AuditEntry OnlyEntry(IEngine engine) => Assert.Single(engine.Audit, entry => entry.Event == SignalName.SessionEnded);
}
