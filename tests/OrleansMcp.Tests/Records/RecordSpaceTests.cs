using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Signals;

namespace OrleansMcp.Tests.Records;

/// <summary>The actor of a namespace: what it orders, what it shows, what it takes back.</summary>
public sealed class RecordSpaceTests
{
    private readonly RecordBench _bench = new();

    [Fact]
    public async Task Nobody_reads_what_is_not_durable_yet()
    {
        await _bench.PutAsync("k", "1");
        var gate = Hold();
        var writing = _bench.PutAsync("k", "2");
        Assert.Equal("1", await _bench.ValueAsync("k"));
        Assert.False(writing.IsCompleted);
        gate.SetResult();
        Assert.Equal(RecordOutcome.Done, (await writing).Outcome);
        Assert.Equal("2", await _bench.ValueAsync("k"));
    }

    [Fact]
    public async Task What_the_store_refused_never_was_nor_what_rested_on_it()
    {
        var first = (await _bench.PutAsync("k", "1")).Version;
        var gate = Hold();
        var failing = _bench.PutAsync("k", "2");
        await Hosting.Eventually.Holds(() => _bench.Log.Begun == 2, "the write began, so that what comes now is not part of it");
        var (behind, other) = (_bench.PutAsync("k", "3", version: first + 1), _bench.PutAsync("new", "4"));
        _bench.Log.Fails = new IOException("full");
        gate.SetResult();
        Assert.All(await Task.WhenAll(failing, behind, other), reply => Assert.Equal(RecordOutcome.Unavailable, reply.Outcome));
        Assert.Equal(("1", null), (await _bench.ValueAsync("k"), await _bench.ValueAsync("new")));
        Assert.Equal(first + 1, (await _bench.PutAsync("k", "5", version: first)).Version);
        _bench.Restart();
        Assert.Equal("5", await _bench.ValueAsync("k"));
    }

    [Fact]
    public async Task A_grant_that_the_store_refused_lets_nobody_in()
    {
        await _bench.PutAsync("k", "1");
        _bench.Log.Fails = new IOException("full");
        Assert.Equal(RecordOutcome.Unavailable, (await _bench.ShareAsync(RecordAccess.Write)).Outcome);
        Assert.Equal(RecordOutcome.NotFound, (await _bench.PutAsync("k", "2", RecordBench.Bob)).Outcome);
        Assert.Equal(RecordOutcome.NotFound, (await _bench.ReadAsync(["k"], by: RecordBench.Bob)).Outcome);
    }

    [Fact]
    public async Task Transactions_that_come_while_one_is_written_share_the_next_write()
    {
        var gate = Hold();
        var writing = Enumerable.Range(0, 50).Select(number => _bench.PutAsync($"k{number}", "1")).ToArray();
        gate.SetResult();
        var versions = (await Task.WhenAll(writing)).Select(reply => reply.Version).ToArray();
        Assert.Equal(50, versions.Distinct().Count());
        Assert.InRange(_bench.Log.Writes, 1, 3);
    }

    [Fact]
    public async Task No_write_carries_more_than_a_store_takes_at_once()
    {
        var gate = Hold();
        var value = $"\"{new string('x', 50_000)}\"";
        var writing = Enumerable.Range(0, 120).Select(number => _bench.PutAsync($"k{number}", value)).ToArray();
        gate.SetResult();
        await Task.WhenAll(writing);
        Assert.All(_bench.Log.Batches, count => Assert.InRange(count, 1, 41));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transaction_that_is_delivered_again_is_made_once(bool afterLoss)
    {
        var id = Guid.NewGuid();
        var first = await _bench.PutAsync("k", "1", id: id);
        await _bench.PutAsync("k", "2");
        if (afterLoss)
        {
            _bench.Restart();
        }

        var again = await _bench.PutAsync("k", "1", id: id);
        Assert.Equal((RecordOutcome.Done, first.Version), (again.Outcome, again.Version));
        Assert.Equal("2", await _bench.ValueAsync("k"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transaction_that_was_made_is_answered_again_though_its_authors_grant_has_ended(bool afterLoss)
    {
        await _bench.ShareAsync(RecordAccess.Write);
        var id = Guid.NewGuid();
        var first = await _bench.PutAsync("k", "1", RecordBench.Bob, id);
        await _bench.ShareAsync(RecordAccess.None);
        if (afterLoss)
        {
            _bench.Restart();
        }

        var again = await _bench.PutAsync("k", "1", RecordBench.Bob, id);
        Assert.Equal((RecordOutcome.Done, first.Version), (again.Outcome, again.Version));
        Assert.Equal(RecordOutcome.NotFound, (await _bench.PutAsync("k", "2", RecordBench.Bob)).Outcome);
        Assert.Equal("1", await _bench.ValueAsync("k"));
    }

    [Fact]
    public async Task A_transaction_that_is_delivered_again_while_it_is_written_is_made_once()
    {
        var gate = Hold();
        var id = Guid.NewGuid();
        var both = new[] { _bench.PutAsync("k", "1", id: id, version: 0), _bench.PutAsync("k", "1", id: id, version: 0) };
        gate.SetResult();
        var replies = await Task.WhenAll(both);
        Assert.All(replies, reply => Assert.Equal((RecordOutcome.Done, replies[0].Version), (reply.Outcome, reply.Version)));
    }

    [Fact]
    public async Task An_actor_that_does_not_know_what_its_store_holds_goes_and_the_next_one_knows_what_was_made()
    {
        var id = Guid.NewGuid();
        (_bench.Log.Fails, _bench.Log.HappensAllTheSame) = (new RecordLogLostException("silence"), true);
        Assert.Equal(RecordOutcome.Unavailable, (await _bench.PutAsync("k", "1", id: id)).Outcome);
        Assert.True(_bench.Space.IsLost);
        Assert.Null(await _bench.Space.ExecuteAsync(new RecordRequest(RecordOperation.Read, RecordBench.Alice) { Keys = ["k"] }, default));
        _bench.Restart();
        Assert.Equal(RecordOutcome.Done, (await _bench.PutAsync("k", "1", id: id, version: 0)).Outcome);
        Assert.Equal("1", await _bench.ValueAsync("k"));
    }

    [Fact]
    public async Task A_write_whose_grant_ends_before_it_is_accepted_is_refused_and_signalled()
    {
        await _bench.PutAsync("k", "\"hers\"");
        await _bench.ShareAsync(RecordAccess.Write);
        var charging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _bench.Charging = charging.Task;
        var writing = _bench.PutAsync("big", $"\"{new string('x', 40_000)}\"", RecordBench.Bob); // permitted, and waits to be charged
        await _bench.ShareAsync(RecordAccess.None);
        charging.SetResult();
        Assert.Equal(RecordOutcome.NotFound, (await writing).Outcome);
        Assert.Null(await _bench.ValueAsync("big"));
        var signal = Assert.Single(_bench.Signals);
        Assert.Equal((SignalName.OverlappingWrite, "bob", "alice"), (signal.Name, signal.Who!.Client, signal.Whom!.Client));
    }

    [Fact]
    public async Task What_is_stored_and_belongs_to_somebody_else_is_not_shown_and_is_signalled()
    {
        _bench.Log.LoadFails = new RecordLogForeignException("not ours");
        Assert.Equal(RecordOutcome.Unavailable, (await _bench.ReadAsync(["k"])).Outcome);
        Assert.Equal(SignalName.ModifierMismatch, Assert.Single(_bench.Signals).Name);
        Assert.True(_bench.Space.IsLost);
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_is_asked_again_by_the_next_request()
    {
        _bench.Log.LoadFails = new IOException("away");
        Assert.Equal(RecordOutcome.Unavailable, (await _bench.ReadAsync(["k"])).Outcome);
        _bench.Log.LoadFails = null;
        Assert.Equal(RecordOutcome.Done, (await _bench.ReadAsync(["k"])).Outcome);
    }

    [Fact]
    public async Task An_actor_of_another_tenant_may_nothing_whatever_it_is_called()
    {
        await _bench.PutAsync("k", "1");
        var stranger = new RecordAuthor("globex", "alice", "alice", "session-x");
        Assert.Equal(RecordOutcome.NotFound, (await _bench.ReadAsync(["k"], by: stranger)).Outcome);
        Assert.Equal(RecordOutcome.NotFound, (await _bench.PutAsync("k", "2", stranger)).Outcome);
        Assert.Equal([SignalName.CrossNamespaceRead, SignalName.CrossNamespaceWrite], _bench.Signals.Select(signal => signal.Name));
        Assert.Equal("1", await _bench.ValueAsync("k"));
    }

    [Fact]
    public async Task What_deletions_free_is_given_back()
    {
        var value = $"\"{new string('x', 50_000)}\"";
        for (var i = 0; i < 4; i++)
        {
            await _bench.PutAsync($"k{i}", value);
        }

        Assert.InRange(_bench.Kept, 200_000, 300_000);
        await _bench.TransactAsync([.. Enumerable.Range(0, 4).Select(i => new RecordWrite($"k{i}", Value: null))], []);
        await Hosting.Eventually.Holds(() => _bench.Kept < 20_000, "it was given back");
        Assert.Equal(RecordOutcome.Done, (await _bench.PutAsync("k", value)).Outcome);
        Assert.InRange(_bench.Kept, 50_000, 100_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_snapshot_shows_what_there_was_at_its_moment(int seed)
    {
        // Against a model that keeps every state there ever was.
        var (random, states) = (new Random(seed), new Dictionary<long, Dictionary<string, string>>());
        var current = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] keys = ["a", "a/1", "a/2", "b", "b/", "c"];
        for (var step = 0; step < 400; step++)
        {
            var writes = keys.Where(_ => random.Next(3) == 0).Select(key => new RecordWrite(
                key, random.Next(4) == 0 ? null : RecordBench.Json($"{step}"))).ToArray();
            if (writes.Length == 0)
            {
                continue;
            }

            if (random.Next(10) == 0)
            {
                _bench.Log.Fails = new IOException("full");
                await _bench.TransactAsync(writes, []);
                continue;
            }

            var version = (await _bench.TransactAsync(writes, [])).Version;
            current = new(current, StringComparer.Ordinal);
            foreach (var write in writes)
            {
                _ = write.Value is { } value ? current[write.Key] = value.GetRawText() : current.Remove(write.Key).ToString();
            }

            states[version] = current;
            _bench.Time.Advance(TimeSpan.FromSeconds(random.Next(4)));
            await CheckAsync(random, states, version);
        }
    }

    private async Task CheckAsync(Random random, Dictionary<long, Dictionary<string, string>> states, long now)
    {
        var snapshot = now - random.Next(20);
        if (!states.TryGetValue(snapshot, out var state))
        {
            return;
        }

        var prefix = random.Next(2) == 0 ? "" : "a";
        var page = await _bench.ExecuteAsync(new RecordRequest(RecordOperation.Query, RecordBench.Alice) { Prefix = prefix, Snapshot = snapshot });
        if (page.Outcome == RecordOutcome.SnapshotExpired)
        {
            Assert.NotEqual(now, snapshot);
            return;
        }

        Assert.Equal(
            state.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)),
            page.Records.Select(record => (record.Key, record.Value.GetRawText())));
    }

    private TaskCompletionSource Hold()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _bench.Log.Held = gate.Task;
        return gate;
    }
}
