using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>The same where the record's deletion and the receipt are one commit.</summary>
public abstract class CommittedEndContract : EndContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_end_that_the_store_does_not_take_is_not_acknowledged_and_may_be_asked_for_again(bool restart)
    {
        await using var engine = await StartAsync(new QuotaConfiguration { Sessions = 1 });
        var client = await engine.OpenAsync(Alice);
        await client.IncrementAsync();
        engine.StoreFails = true;
        await Assert.ThrowsAsync<IOException>(client.EndAsync);
        engine.StoreFails = false;
        if (restart)
        {
            await engine.RestartAsync();
        }

        // It did not happen for anybody: not for the audit, not for the client, not for the client's quota.
        Assert.DoesNotContain(engine.Audit, entry => entry.Event == SignalName.SessionEnded);
        Assert.Equal(0, engine.Signals[SignalName.SessionEnded]);
        Assert.Equal(1, await client.Elsewhere().CounterAsync());
        Assert.Equal(429, (await engine.Unopened(Alice).InitializeAsync()).Status);

        Assert.Equal(SessionEndReason.Closed, (await client.ReceiptAsync()).Reason);
        await NothingIsLeftOf(engine, client.Key);
        await SignalledAsync(engine, SignalName.SessionEnded, 1);
        OnlyEntry(engine);
        await engine.OpenAsync(Alice);
    }
}
