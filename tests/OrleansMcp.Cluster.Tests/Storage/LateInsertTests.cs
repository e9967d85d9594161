using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Storage.AzureTables.Sessions;

namespace OrleansMcp.Cluster.Tests.Storage;

/// <summary>
/// Inserts that their sender gave up and that arrive all the same, after the session they opened has ended. A real table, and a clock of the
/// tests' own.
/// </summary>
public sealed class LateInsertTests(TableSessionStoreTests.Setting setting) : IClassFixture<TableSessionStoreTests.Setting>, IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private DateTimeOffset _opened;
    private LateInsertGuard _guard = null!;

    public ValueTask InitializeAsync()
    {
        _guard = new LateInsertGuard(setting.Storage, _time, NullLogger<LateInsertGuard>.Instance);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _guard.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_late_insert_of_a_session_that_ended_young_meets_its_mark()
    {
        var (key, store) = await OpenAsync();
        await EndAsync(key, store);
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => ArriveLateAsync(key));
        Assert.NotNull((await Store(key).ClaimAsync(key))!.Value.Record.Ended);
    }

    [Fact]
    public async Task The_mark_goes_when_nothing_can_arrive_any_more()
    {
        var (key, store) = await OpenAsync();
        await EndAsync(key, store);
        await PassAsync(LateInsertGuard.Lateness / 2);
        Assert.NotNull(await Store(key).ClaimAsync(key));
        await PassAsync(LateInsertGuard.Lateness);
        Assert.Null(await Store(key).ClaimAsync(key));
    }

    [Fact]
    public async Task A_session_that_ends_later_leaves_nothing()
    {
        var (key, store) = await OpenAsync();
        await PassAsync(2 * LateInsertGuard.Lateness);
        await EndAsync(key, store);
        Assert.Null(await Store(key).ClaimAsync(key));
    }

    [Fact]
    public async Task A_principal_has_another_life_at_once()
    {
        var key = SessionKey.OfPrincipal("acme", RandomNumberGenerator.GetBytes(32));
        var (_, store) = await OpenAsync(key);
        await EndAsync(key, store);
        await ArriveLateAsync(key);
    }

    [Fact]
    public async Task A_record_without_a_mark_is_deleted_at_once()
    {
        var (key, store) = await OpenAsync();
        await store.DeleteAsync(key, default);
        Assert.Null(await Store(key).ClaimAsync(key));
    }

    [Fact]
    public async Task Who_asks_for_the_session_meanwhile_finds_its_end_and_the_row_goes_all_the_same()
    {
        var (key, store) = await OpenAsync();
        await EndAsync(key, store);
        var other = Store(key);
        Assert.NotNull((await other.ClaimAsync(key))!.Value.Record.Ended);
        await other.DeleteAsync(key, default);
        await PassAsync(2 * LateInsertGuard.Lateness);
        await PassAsync(2 * LateInsertGuard.Lateness);
        Assert.Equal(0, _guard.Waiting);
        Assert.Null(await Store(key).ClaimAsync(key));
    }

    [Fact]
    public async Task A_process_that_stops_leaves_no_mark_behind()
    {
        var (key, store) = await OpenAsync();
        await EndAsync(key, store);
        await _guard.StopAsync(TestContext.Current.CancellationToken);
        Assert.Null(await Store(key).ClaimAsync(key));
        var (last, lastStore) = await OpenAsync();
        await EndAsync(last, lastStore);
        Assert.Null(await Store(last).ClaimAsync(last));
    }

    private async Task<(SessionKey Key, GrainSessionStore Store)> OpenAsync(SessionKey? named = null)
    {
        var key = named ?? SessionKey.OfSession("acme", RandomNumberGenerator.GetBytes(16));
        var store = Store(key);
        _opened = _time.GetUtcNow();
        await store.SaveAsync(Record(key), default);
        return (key, store);
    }

    private async Task EndAsync(SessionKey key, GrainSessionStore store)
    {
        await store.SaveAsync(Record(key) with { Version = 2, Ended = SessionEndReason.Closed }, default);
        await store.DeleteAsync(key, default);
    }

    /// <summary>The first record once more, as a storage that has not seen it takes it.</summary>
    private Task ArriveLateAsync(SessionKey key) => setting.Storage.WriteStateAsync(
        "session", GrainOf(key), new GrainState<StoredSession>(new StoredSession { Record = SessionRecordFormat.Write(Record(key)), Epoch = 1 }));

    private async Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        await _guard.DeleteDueAsync(TestContext.Current.CancellationToken);
    }

    private GrainSessionStore Store(SessionKey key) => new(_guard, GrainOf(key));

    private static GrainId GrainOf(SessionKey key) => GrainId.Create("session", key.Value);

    private SessionRecord Record(SessionKey key) => new()
    {
        Key = key.Value,
        Owner = new SessionOwner("acme", "alice", "alice", null),
        OpenedAt = _opened,
        ExpiresAt = _time.GetUtcNow().AddDays(1),
        LastActiveAt = _time.GetUtcNow(),
        Version = 1,
    };
}
