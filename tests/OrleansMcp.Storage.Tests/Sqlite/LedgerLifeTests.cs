using OrleansMcp.Storage.Sqlite.Ledgers;

namespace OrleansMcp.Storage.Tests.Sqlite;

/// <summary>Slots that were out are out no longer than the process that handed them out.</summary>
public sealed class LedgerLifeTests : IDisposable
{
    private readonly SqliteStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Sessions_may_outlive_an_actor_of_their_process_and_none_of_an_earlier_one()
    {
        var ledgers = new SqliteLedgerStore(_store.Database);
        Assert.False(ledgers.Open("acme").MayOutliveActor);
        Assert.True(ledgers.Open("acme").MayOutliveActor);
        Assert.False(ledgers.Open("globex").MayOutliveActor);
        _store.Reopen();
        Assert.False(new SqliteLedgerStore(_store.Database).Open("acme").MayOutliveActor);
    }
}
