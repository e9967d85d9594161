using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Quotas;

namespace OrleansMcp.Storage.Tests.Contracts;

/// <summary>What every store does with ledgers: amounts that were written count, and of two actors one writes.</summary>
public abstract class LedgerContract(StoreUnderTest store)
{
    private readonly string _tenant = $"t{Guid.NewGuid():n}";

    [Fact]
    public async Task A_tenant_without_a_ledger_has_none() => Assert.Null(await Open().LoadAsync(default));

    [Fact]
    public async Task What_was_written_last_is_there_for_the_next_actor()
    {
        var ledger = Open();
        await ledger.LoadAsync(default);
        await ledger.SaveAsync(Record(1), default);
        await ledger.SaveAsync(Record(2), default);
        var read = await Open().LoadAsync(default);
        Assert.Equal(Record(2).ToBytes(), read!.ToBytes());
        Assert.Null(await store.Ledgers.Open(_tenant + "-other").LoadAsync(default));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_actors_that_read_the_same_the_second_to_write_is_fenced_off_for_good(bool blank)
    {
        if (!blank)
        {
            var former = Open();
            await former.LoadAsync(default);
            await former.SaveAsync(Record(1), default);
        }

        var (one, other) = (Open(), Open());
        await one.LoadAsync(default);
        await other.LoadAsync(default);
        await one.SaveAsync(Record(2), default);
        await Assert.ThrowsAsync<LedgerFencedException>(async () => await other.SaveAsync(Record(3), default));
        await Assert.ThrowsAsync<LedgerFencedException>(async () => await other.SaveAsync(Record(4), default));
        await one.SaveAsync(Record(5), default);
        Assert.Equal(5, (await Open().LoadAsync(default))!.Window);
    }

    [Fact]
    public async Task A_damaged_ledger_is_told_apart_from_one_that_cannot_be_read_at_the_moment()
    {
        var ledger = Open();
        await ledger.LoadAsync(default);
        await ledger.SaveAsync(Record(1), default);
        await store.DamageLedgerAsync(_tenant);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var thrown = await Assert.ThrowsAnyAsync<Exception>(async () => await Open().LoadAsync(default));
            Assert.True(thrown is StoreDamagedException or InvalidDataException, thrown.ToString());
        }
    }

    private static LedgerRecord Record(long window) => new()
    {
        Window = window, Through = window + 2, Tenant = [1, 2, 3], SpentAt = new DateTimeOffset(2026, 7, 28, 12, 0, 0, TimeSpan.Zero),
        Clients = { ["alice"] = [window, 1] }, Slots = { ["alice"] = 3 },
        Counters = [new CountedWindow("c", CounterWindow.Day, new DateTimeOffset(2026, 7, 28, 0, 0, 0, TimeSpan.Zero), 1.5m)],
    };

    private ILedger Open() => store.Ledgers.Open(_tenant);
}
