using System.Security.Cryptography;
using Azure.Data.Tables;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Storage;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Cluster.Tests.Storage;

/// <summary>Records of sessions in a real table, through the grain storage that production uses.</summary>
public sealed class TableSessionStoreTests(TableSessionStoreTests.Setting setting) : IClassFixture<TableSessionStoreTests.Setting>
{
    /// <summary>
    /// What fits into the emulator, which compares the request with the limit, in base64 as it is; the service compares the bytes.
    /// </summary>
    private const int EmulatorBytes = 780_000;

    private readonly SessionKey _key = SessionKey.OfSession("acme", RandomNumberGenerator.GetBytes(16));

    [Fact]
    public async Task A_record_is_there_for_the_next_activation()
    {
        await CreateAsync();
        var (record, wasAsleep) = (await Store().ClaimAsync(_key))!.Value;
        Assert.Equal((1, "alice", false), (record.Version, record.Owner.Client, wasAsleep));
        Assert.Single(await RowsAsync());
    }

    [Fact]
    public async Task Looking_for_a_session_that_never_was_writes_nothing()
    {
        Assert.Null(await Store().ClaimAsync(_key));
        Assert.Empty(await RowsAsync());
    }

    [Fact]
    public async Task A_write_over_another_activations_is_fenced_off()
    {
        var first = await CreateAsync();
        var second = Store();
        await second.ClaimAsync(_key);
        await Assert.ThrowsAsync<SessionFencedException>(async () => await first.SaveAsync(Record(2), default));
        await second.SaveAsync(Record(3), default);
        await Assert.ThrowsAsync<SessionFencedException>(async () => await first.SaveAsync(Record(4), default));
        await Assert.ThrowsAsync<SessionFencedException>(async () => await first.DeleteAsync(_key, default));
        Assert.Equal(3, (await Store().ClaimAsync(_key))!.Value.Record.Version);
    }

    [Fact]
    public async Task A_deletion_by_an_activation_that_was_overtaken_is_fenced_off()
    {
        var first = await CreateAsync();
        await Store().ClaimAsync(_key);
        await Assert.ThrowsAsync<SessionFencedException>(async () => await first.DeleteAsync(_key, default));
        Assert.Single(await RowsAsync());
    }

    [Fact]
    public async Task Of_two_that_create_the_same_record_one_is_fenced_off()
    {
        var (first, second) = (Store(), Store());
        await first.SaveAsync(Record(1), default);
        await Assert.ThrowsAsync<SessionFencedException>(async () => await second.SaveAsync(Record(7), default));
        Assert.Equal(1, (await Store().ClaimAsync(_key))!.Value.Record.Version);
    }

    [Fact]
    public async Task Of_two_that_claim_in_the_same_moment_one_can_write()
    {
        await CreateAsync();
        for (var round = 0; round < 10; round++)
        {
            var stores = Enumerable.Range(0, 4).Select(_ => Store()).ToArray();
            var written = await Task.WhenAll(stores.Select(TryClaimAndWriteAsync));
            Assert.True(written.Count(done => done) >= 1);

            // Whoever was overtaken stays so: at most one of them can go on.
            var alive = await Task.WhenAll(stores.Select(TryWriteAsync));
            Assert.True(alive.Count(done => done) <= 1, "Two activations wrote the same session.");
        }
    }

    [Fact]
    public async Task A_deleted_record_leaves_no_row()
    {
        var store = await CreateAsync();
        Assert.Single(await RowsAsync());
        await store.DeleteAsync(_key, default);
        Assert.Empty(await RowsAsync());
        Assert.Null(await Store().ClaimAsync(_key));
        Assert.Empty(await RowsAsync());
    }

    [Theory]
    [InlineData(0)] // the format's byte
    [InlineData(20)] // within the record
    public async Task A_row_whose_bytes_are_not_those_that_were_written_is_damaged_and_not_absent(int at)
    {
        await CreateAsync();
        var row = Assert.Single(await RowsAsync());
        var column = row.Keys.Single(name => row[name] is byte[]);
        ((byte[])row[column])[at] ^= 0xff;
        await setting.Server.Tables.GetTableClient(TableNames.Sessions).UpdateEntityAsync(row, Azure.ETag.All, TableUpdateMode.Replace);
        var damage = await Assert.ThrowsAsync<StoreDamagedException>(() => Store().ClaimAsync(_key));
        Assert.False(damage.IsWhole);
        Assert.DoesNotContain(_key.Value, damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_record_is_kept_and_read_back_to_the_byte()
    {
        var store = await CreateAsync();
        var large = OfSize(EmulatorBytes, version: 2);
        await store.SaveAsync(large, default);
        var read = (await Store().ClaimAsync(_key))!.Value.Record;
        Assert.Equal(SessionRecordFormat.Write(large), SessionRecordFormat.Write(read));
    }

    [Fact]
    public async Task A_record_over_the_limit_is_refused_before_it_is_sent_and_the_former_stands()
    {
        var store = await CreateAsync();
        var tag = Assert.Single(await RowsAsync()).ETag;
        var refused = await Assert.ThrowsAsync<SessionRecordTooLargeException>(
            async () => await store.SaveAsync(OfSize(GrainSessionStore.MaxRecordBytes + 1, version: 2), default));
        Assert.Contains("960000", refused.Message, StringComparison.Ordinal);
        Assert.Equal(tag, Assert.Single(await RowsAsync()).ETag);
        await store.SaveAsync(Record(3), default);
        Assert.Equal(3, (await Store().ClaimAsync(_key))!.Value.Record.Version);
    }

    [Fact]
    public async Task A_record_that_the_table_itself_refuses_leaves_the_former_and_a_store_that_goes_on()
    {
        var store = await CreateAsync();

        // Within our limit and that of the service; over that of the emulator.
        var refused = await Assert.ThrowsAsync<IOException>(
            async () => await store.SaveAsync(OfSize(GrainSessionStore.MaxRecordBytes, version: 2), default));
        Assert.IsNotType<SaveUnconfirmedException>(refused);
        await store.SaveAsync(Record(3), default);
        Assert.Equal(3, (await Store().ClaimAsync(_key))!.Value.Record.Version);
    }

    [Fact]
    public async Task An_activation_that_left_in_order_says_so_to_the_next()
    {
        var store = await CreateAsync();
        await store.SaveLeavingAsync(Record(2), default);
        Assert.True((await Store().ClaimAsync(_key))!.Value.WasAsleep);
        Assert.False((await Store().ClaimAsync(_key))!.Value.WasAsleep);
    }

    private GrainSessionStore Store() => new(setting.Storage, GrainId.Create("session", _key.Value));

    private async Task<GrainSessionStore> CreateAsync()
    {
        var store = Store();
        Assert.Null(await store.ClaimAsync(_key));
        await store.SaveAsync(Record(1), default);
        return store;
    }

    private async Task<bool> TryClaimAndWriteAsync(GrainSessionStore store)
    {
        try
        {
            await store.ClaimAsync(_key);
        }
        catch (InconsistentStateException)
        {
            return false;
        }

        return await TryWriteAsync(store);
    }

    private async Task<bool> TryWriteAsync(GrainSessionStore store)
    {
        try
        {
            await store.SaveAsync(Record(Random.Shared.Next()), default);
            return true;
        }
        catch (SessionFencedException)
        {
            return false;
        }
    }

    private async Task<IReadOnlyList<TableEntity>> RowsAsync() =>
        [.. (await setting.Server.RowsAsync(TableNames.Sessions)).Where(row => row.PartitionKey.Contains(_key.Value, StringComparison.Ordinal))];

    private SessionRecord OfSize(int bytes, long version)
    {
        var record = Record(version) with { Subscriptions = [""] };
        var padding = bytes - SessionRecordFormat.Write(record).Length;
        return record with { Subscriptions = [new string('x', padding)] };
    }

    private SessionRecord Record(long version) => new()
    {
        Key = _key.Value,
        Owner = new SessionOwner("acme", "alice", "alice", null),
        OpenedAt = DateTimeOffset.UnixEpoch,
        ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(1),
        LastActiveAt = DateTimeOffset.UnixEpoch,
        Version = version,
    };

    /// <summary>One silo with its storage, for all tests here.</summary>
    public sealed class Setting : IAsyncLifetime
    {
        private TableSilo _silo = null!;

        internal TableServer Server { get; } = new();

        internal IGrainStorage Storage => _silo.Storage;

        public async ValueTask InitializeAsync()
        {
            await Server.InitializeAsync();
            _silo = await TableSilo.StartAsync(Server.Tables, "records");
        }

        public async ValueTask DisposeAsync()
        {
            if (_silo is not null)
            {
                await _silo.DisposeAsync();
            }

            await Server.DisposeAsync();
        }
    }
}
