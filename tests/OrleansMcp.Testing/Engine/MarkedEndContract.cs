using OrleansMcp.Configuration;

namespace OrleansMcp.Tests.Engine;

/// <summary>The same where a mark in the record comes before its deletion, which needs no space.</summary>
public abstract class MarkedEndContract : EndContract
{
    [Fact]
    public async Task A_session_ends_although_the_store_takes_nothing_and_stays_ended()
    {
        await using var engine = await StartAsync(new QuotaConfiguration { Sessions = 1 });
        var client = await engine.OpenAsync(Alice);
        engine.StoreFails = true;
        await client.ReceiptAsync();
        engine.StoreFails = false;
        await NothingIsLeftOf(engine, client.Key);
        Assert.False(await client.IsFoundAsync());
        await engine.OpenAsync(Alice);
    }
}
