using Orleans.Runtime;
using OrleansMcp.Auditing;
using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Cluster;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>Two activations of one session: the last to claim it is the only one that can write.</summary>
public sealed class FencingTests
{
    private static readonly SessionKey s_key = SessionKey.OfSession("acme", [1]);
    private static readonly GrainId s_grain = GrainId.Create("session", s_key.Value);

    private static readonly AuditEntry s_receipt = new(DateTimeOffset.UnixEpoch, SignalName.SessionEnded, null, null, null, s_key.Value, "acme", "alice", null);

    private readonly DurableStorage _storage = new();

    [Fact]
    public async Task An_activation_that_was_overtaken_writes_nothing_any_more()
    {
        var first = await ActivateAsync(create: true);
        var second = await ActivateAsync();
        await Assert.ThrowsAsync<SessionFencedException>(async () => await first.SaveAsync(Record(2), default));
        await second.SaveAsync(Record(3), default);
        await Assert.ThrowsAsync<SessionFencedException>(async () => await first.SaveAsync(Record(4), default));
        await Assert.ThrowsAsync<SessionFencedException>(async () => await first.DeleteAsync(s_key, default));
        Assert.Equal(3, (await ActivateAndReadAsync()).Version);
    }

    [Fact]
    public async Task An_activation_that_was_overtaken_ends_nothing_and_appends_no_receipt()
    {
        var audit = new AuditList();
        var storage = new ReceiptStorage(audit);
        var (first, second) = (new GrainSessionStore(storage, s_grain), new GrainSessionStore(storage, s_grain));
        await first.SaveAsync(Record(1), default);
        await second.ClaimAsync(s_key);
        await Assert.ThrowsAsync<SessionFencedException>(async () => await first.EndAsync(s_key, s_receipt, default));
        Assert.Empty(audit.Entries);
        Assert.True(await second.EndAsync(s_key, s_receipt, default));
        Assert.False(await second.EndAsync(s_key, s_receipt, default));
        Assert.Same(s_receipt, Assert.Single(audit.Entries));
    }

    [Fact]
    public async Task A_record_that_came_to_be_without_a_word_is_deleted_with_the_receipt()
    {
        var audit = new AuditList();
        var storage = new ReceiptStorage(audit) { GoesDownAfterWrite = true };
        var store = new GrainSessionStore(storage, s_grain);
        await Assert.ThrowsAsync<SaveUnconfirmedException>(async () => await store.SaveAsync(Record(1), default));
        await Assert.ThrowsAsync<IOException>(async () => await store.EndAsync(s_key, s_receipt, default));
        (storage.GoesDownAfterWrite, storage.IsDown) = (false, false);
        Assert.True(await store.EndAsync(s_key, s_receipt, default));
        Assert.False(storage.Has(s_grain));
        Assert.Single(audit.Entries);
    }

    [Fact]
    public async Task Fencing_does_not_wait_for_the_newcomer_to_write()
    {
        var first = await ActivateAsync(create: true);
        await ActivateAsync();
        await Assert.ThrowsAsync<SessionFencedException>(async () => await first.SaveAsync(Record(2), default));
        Assert.Equal(1, (await ActivateAndReadAsync()).Version);
    }

    [Fact]
    public async Task Two_that_create_the_same_record_do_not_both_succeed()
    {
        var (first, second) = (Store(), Store());
        await first.SaveAsync(Record(1), default);
        await Assert.ThrowsAsync<SessionFencedException>(async () => await second.SaveAsync(Record(1), default));
    }

    [Fact]
    public async Task Nothing_durable_exists_of_a_session_that_could_not_be_registered()
    {
        var asked = 0;
        var store = new GrainSessionStore(_storage, s_grain)
        {
            Creating = _ => ++asked == 1 ? throw new IOException("The tenant cannot be reached.") : Task.CompletedTask,
        };
        await Assert.ThrowsAsync<IOException>(async () => await store.SaveAsync(Record(1), default));
        Assert.False(_storage.Has(s_grain));
        await store.SaveAsync(Record(1), default);
        await store.SaveAsync(Record(2), default);
        Assert.True(_storage.Has(s_grain));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_is_looked_up_and_counts()
    {
        var store = await ActivateAsync(create: true);
        _storage.LosesAnswers = true;
        await store.SaveAsync(Record(2), default);
        _storage.LosesAnswers = false;
        await store.SaveAsync(Record(3), default);
        Assert.Equal(3, (await ActivateAndReadAsync()).Version);
    }

    [Fact]
    public async Task A_write_into_a_silent_store_is_settled_before_the_next()
    {
        var store = await ActivateAsync(create: true);
        _storage.IsDown = true;
        await Assert.ThrowsAsync<SaveUnconfirmedException>(async () => await store.SaveAsync(Record(2), default));
        await Assert.ThrowsAsync<IOException>(async () => await store.SaveAsync(Record(2), default));
        _storage.IsDown = false;

        // It did not happen, so the next one simply does.
        await store.SaveAsync(Record(2), default);
        Assert.Equal(2, (await ActivateAndReadAsync()).Version);
    }

    [Fact]
    public async Task A_write_that_happened_after_all_is_told_before_another_is_made_on_top_of_it()
    {
        var store = await ActivateAsync(create: true);
        _storage.GoesDownAfterWrite = true;
        await Assert.ThrowsAsync<SaveUnconfirmedException>(async () => await store.SaveAsync(Record(2), default));
        (_storage.GoesDownAfterWrite, _storage.IsDown) = (false, false);
        var moved = await Assert.ThrowsAsync<SessionRecordMovedException>(async () => await store.SaveAsync(Record(7), default));
        Assert.Equal(2, moved.Current.Version);
        await store.SaveAsync(Record(3), default);
        Assert.Equal(3, (await ActivateAndReadAsync()).Version);
    }

    [Fact]
    public async Task A_record_that_is_too_large_for_a_table_is_refused_before_it_is_sent()
    {
        var store = await ActivateAsync(create: true);
        var writes = _storage.Writes;
        var large = Record(2) with { Subscriptions = [new string('x', GrainSessionStore.MaxRecordBytes)] };
        await Assert.ThrowsAsync<SessionRecordTooLargeException>(async () => await store.SaveAsync(large, default));
        Assert.Equal(writes, _storage.Writes);
    }

    [Fact]
    public async Task Two_clusters_that_do_not_see_each_other_lose_and_double_nothing()
    {
        await using var one = await ClusterEngine.StartOwnAsync(TestConfiguration.With(), isLocal: false);
        await using var other = await SessionCluster.StartAsync(one.World);
        var here = await ((IEngine)one).OpenAsync(new Caller("acme", "alice", "alice"));
        var there = other.Silos[0].GetService(typeof(ISessionDirectory)) as ISessionDirectory;
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal((2 * round) + 1, await here.IncrementAsync());
            Assert.Equal((2 * round) + 2, await IncrementAsync(there!.Get(here.Key), here.Caller));
        }

        // Both had an activation in memory at the same time, and each was fenced off in turn. The one that does not know of the end can
        // do nothing that lasts, and knows when it tries.
        Assert.NotNull(await there!.Get(here.Key).EndAsync(here.Caller, default));
        Assert.Equal(ReplyKind.NotFound, (await here.PostAsync(here.Request("tools/call", Rpc.CallParams("engine_increment", new { by = 1 })))).Kind);
        Assert.False(await here.IsFoundAsync());
    }

    private static async Task<long> IncrementAsync(ISession session, Caller caller)
    {
        Assert.True(Protocol.McpMessageParser.TryParse(
            System.Text.Encoding.UTF8.GetBytes(Rpc.Call(Random.Shared.Next(), "engine_increment")), out var message, out _));
        var reply = await session.PostAsync(caller, message, new PostOptions(AcceptsStream: false), default);
        var json = System.Text.Json.Nodes.JsonNode.Parse(reply.Body.Span)!;
        return long.Parse((string)json["result"]!["content"]![0]!["text"]!, System.Globalization.CultureInfo.InvariantCulture);
    }

    private GrainSessionStore Store() => new(_storage, s_grain);

    private async Task<GrainSessionStore> ActivateAsync(bool create = false)
    {
        var store = Store();
        var found = await store.ClaimAsync(s_key);
        Assert.Equal(create, found is null);
        if (create)
        {
            await store.SaveAsync(Record(1), default);
        }

        return store;
    }

    private async Task<SessionRecord> ActivateAndReadAsync() => (await Store().ClaimAsync(s_key))!.Value.Record;

    private static SessionRecord Record(long version) => new()
    {
        Key = s_key.Value,
        Owner = new SessionOwner("acme", "alice", "alice", null),
        OpenedAt = DateTimeOffset.UnixEpoch,
        ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(1),
        LastActiveAt = DateTimeOffset.UnixEpoch,
        Version = version,
    };
}
