using System.Security.Cryptography;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Tenants;

namespace OrleansMcp.Storage.Tests.Contracts;

/// <summary>What every store does with the state of sessions, and with the registry of those that are open.</summary>
public abstract class SessionContract(StoreUnderTest store)
{
    private const string StateName = "session";
    private static readonly DateTimeOffset s_due = new(2026, 7, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly string _tenant = $"t{Guid.NewGuid():n}";

    private IGrainStorage Storage => store.Sessions;

    [Fact]
    public async Task What_was_written_is_there_for_the_next_activation()
    {
        var (grain, written) = await WriteAsync(State(epoch: 7));
        Assert.True(written.RecordExists);
        var read = await ReadAsync(grain);
        Assert.True(read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal((7, true), (read.State!.Epoch, read.State!.IsAsleep));
        Assert.Equal(State().Record, read.State!.Record);
    }

    [Fact]
    public async Task What_was_never_written_is_not_there_and_looking_leaves_nothing()
    {
        var grain = NewGrain();
        for (var look = 0; look < 2; look++)
        {
            var read = await ReadAsync(grain);
            Assert.False(read.RecordExists);
            Assert.Null(read.ETag);
            Assert.NotNull(read.State);
        }
    }

    [Fact]
    public async Task A_first_write_must_find_nothing()
    {
        var (grain, _) = await WriteAsync(State(epoch: 1));
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => Storage.WriteStateAsync(StateName, grain, Of(State(epoch: 2))));
        Assert.Equal(1, (await ReadAsync(grain)).State!.Epoch);
    }

    [Fact]
    public async Task A_write_or_a_clear_must_find_what_was_read()
    {
        var (grain, first) = await WriteAsync(State(epoch: 1));
        var second = await ReadAsync(grain);
        second.State = State(epoch: 2);
        await Storage.WriteStateAsync(StateName, grain, second);
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => Storage.WriteStateAsync(StateName, grain, first));
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => Storage.ClearStateAsync(StateName, grain, first));
        Assert.Equal(2, (await ReadAsync(grain)).State!.Epoch);
        await Storage.WriteStateAsync(StateName, grain, second);
    }

    [Fact]
    public async Task Of_many_writers_that_read_the_same_one_succeeds()
    {
        var (grain, _) = await WriteAsync(State(epoch: 1));
        var readers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ReadAsync(grain)));
        var succeeded = await Task.WhenAll(readers.Select(async (reader, number) =>
        {
            reader.State = State(epoch: 100 + number);
            try
            {
                await Storage.WriteStateAsync(StateName, grain, reader);
                return reader.State!.Epoch;
            }
            catch (InconsistentStateException)
            {
                return 0;
            }
        }));
        Assert.Equal(Assert.Single(succeeded, epoch => epoch > 0), (await ReadAsync(grain)).State!.Epoch);
    }

    [Fact]
    public async Task What_was_cleared_is_gone_and_an_ETag_of_it_fits_nothing_later()
    {
        var (grain, first) = await WriteAsync(State(epoch: 1));
        var stale = await ReadAsync(grain);
        await Storage.ClearStateAsync(StateName, grain, first);
        Assert.False(first.RecordExists);
        Assert.False((await ReadAsync(grain)).RecordExists);
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => Storage.WriteStateAsync(StateName, grain, stale));
        await Storage.WriteStateAsync(StateName, grain, Of(State(epoch: 5)));
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => Storage.WriteStateAsync(StateName, grain, stale));
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => Storage.ClearStateAsync(StateName, grain, stale));
        Assert.Equal(5, (await ReadAsync(grain)).State!.Epoch);
    }

    [Fact]
    public async Task A_large_record_is_read_as_it_was_written()
    {
        var record = RandomNumberGenerator.GetBytes(700_000);
        var (grain, _) = await WriteAsync(State(record: record));
        Assert.Equal(record, (await ReadAsync(grain)).State!.Record);
    }

    [Fact]
    public async Task An_activation_that_claims_a_session_fences_off_the_one_before()
    {
        var key = NewKey();
        var first = new GrainSessionStore(Storage, GrainOf(key));
        Assert.Null(await first.ClaimAsync(key));
        await first.SaveAsync(SessionRecords.Of(key, version: 1), default);
        var second = new GrainSessionStore(Storage, GrainOf(key));
        Assert.Equal(1, (await second.ClaimAsync(key))!.Value.Record.Version);
        await Assert.ThrowsAsync<SessionFencedException>(async () => await first.SaveAsync(SessionRecords.Of(key, version: 2), default));
        await Assert.ThrowsAsync<SessionFencedException>(async () => await first.DeleteAsync(key, default));
        await second.SaveLeavingAsync(SessionRecords.Of(key, version: 2), default);
        var third = new GrainSessionStore(Storage, GrainOf(key));
        Assert.True((await third.ClaimAsync(key))!.Value.WasAsleep);
        await third.DeleteAsync(key, default);
        Assert.Null(await new GrainSessionStore(Storage, GrainOf(key)).ClaimAsync(key));
    }

    [Fact]
    public async Task Sessions_of_two_tenants_share_nothing_whatever_their_ids_look_like()
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(16);
        SessionKey[] keys = [.. new[] { "acme", "acme_s", "acme-s", "ac" }.Select(tenant => SessionKey.OfSession(tenant, nonce)), SessionKey.OfPrincipal("acme", nonce)];
        foreach (var (key, epoch) in keys.Select((key, number) => (key, number + 1)))
        {
            Assert.False((await ReadAsync(GrainOf(key))).RecordExists);
            await Storage.WriteStateAsync(StateName, GrainOf(key), Of(State(epoch)));
        }

        var read = await Task.WhenAll(keys.Select(key => ReadAsync(GrainOf(key))));
        Assert.Equal([1, 2, 3, 4, 5], read.Select(state => state.State!.Epoch));
    }

    [Fact]
    public async Task A_record_whose_owner_is_of_another_tenant_than_its_key_is_refused()
    {
        var key = NewKey();
        var foreign = SessionRecords.Of(key, version: 1) with { Owner = new SessionOwner("globex", "alice", "alice", null) };
        await new GrainSessionStore(Storage, GrainOf(key)).SaveAsync(foreign, default);
        var before = await ReadAsync(GrainOf(key));
        await Assert.ThrowsAsync<StoreDamagedException>(() => new GrainSessionStore(Storage, GrainOf(key)).ClaimAsync(key));
        Assert.Equal(before.ETag, (await ReadAsync(GrainOf(key))).ETag);
    }

    [Fact]
    public async Task A_session_is_listed_from_its_write_and_registration_to_its_clear_and_removal()
    {
        var (kept, gone) = (Registered("alice", due: s_due), Registered("bob", due: s_due.AddHours(1)));
        Assert.Empty(await ListAsync());
        await OpenAsync(kept);
        var state = await OpenAsync(gone);
        Assert.Equal([kept, gone], await ListAsync());
        await Storage.ClearStateAsync(StateName, GrainOf(gone.Key), state);
        await store.Registry.RemoveAsync(_tenant, gone.Key, default);
        await store.Registry.RemoveAsync(_tenant, gone.Key, default);
        Assert.Equal([kept], await ListAsync());
        Assert.Empty(await store.Registry.LoadAsync(_tenant + "-other", default));
    }

    [Fact]
    public async Task A_session_that_is_written_and_registered_again_is_listed_as_it_is_then()
    {
        var session = Registered("alice", due: s_due);
        var state = await OpenAsync(session);
        var later = session with { DueAt = s_due.AddDays(1), StateBytes = 4711 };
        await OpenAsync(later, state);
        Assert.Equal([later], await ListAsync());
        await OpenAsync(later with { DueAt = later.DueAt.AddSeconds(1) }, state);
        Assert.Equal([later with { DueAt = later.DueAt.AddSeconds(1) }], await ListAsync());
    }

    [Fact]
    public async Task More_sessions_than_a_page_holds_are_all_listed()
    {
        const int Sessions = 1100; // a page of a table holds a thousand
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Sessions), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) => await OpenAsync(Registered($"c{number}", s_due)));
        Assert.Equal(Sessions, (await ListAsync()).Select(session => session.Client).Distinct(StringComparer.Ordinal).Count());
    }

    private static GrainId NewGrain() => GrainOf(NewKey());

    private static SessionKey NewKey() => SessionKey.OfSession("acme", RandomNumberGenerator.GetBytes(16));

    private static GrainId GrainOf(SessionKey key) => GrainId.Create("session", key.Value);

    private static GrainState<StoredSession> Of(StoredSession state) => new() { State = state };

    private static RegisteredSession Registered(string client, DateTimeOffset due) => new(client, NewKey(), due, 512);

    private StoredSession State(long epoch = 1, byte[]? record = null) => new()
    {
        Record = record ?? "{\"a\":1}"u8.ToArray(), Epoch = epoch, IsAsleep = true, Tenant = _tenant, Client = "alice", DueAt = s_due, StateBytes = 12,
    };

    private async Task<(GrainId Grain, GrainState<StoredSession> State)> WriteAsync(StoredSession state)
    {
        var (grain, written) = (NewGrain(), Of(state));
        await Storage.WriteStateAsync(StateName, grain, written);
        return (grain, written);
    }

    private async Task<GrainState<StoredSession>> ReadAsync(GrainId grain)
    {
        var state = new GrainState<StoredSession>();
        await Storage.ReadStateAsync(StateName, grain, state);
        return state;
    }

    private async Task<GrainState<StoredSession>> OpenAsync(RegisteredSession session, GrainState<StoredSession>? state = null)
    {
        state ??= new GrainState<StoredSession>();
        state.State = new StoredSession
        {
            Record = [1], Epoch = 1, Tenant = _tenant, Client = session.Client, DueAt = session.DueAt, StateBytes = session.StateBytes,
        };
        await Storage.WriteStateAsync(StateName, GrainOf(session.Key), state);
        await store.Registry.AddAsync(_tenant, session, default);
        return state;
    }

    private async Task<IEnumerable<RegisteredSession>> ListAsync() => (await store.Registry.LoadAsync(_tenant, default)).OrderBy(session => session.DueAt);
}
