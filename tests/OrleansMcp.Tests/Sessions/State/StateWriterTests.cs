using ModelContextProtocol;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.State;

public sealed class StateWriterTests
{
    private readonly SessionBench _bench = new();

    [Fact]
    public async Task A_change_is_visible_when_it_is_durable_and_not_before()
    {
        var former = _bench.Record.Value;
        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        _bench.Activity.Touch();
        var held = _bench.Store.Held = new Gate();
        var write = WriteAsync("error");
        await held.Entered;
        Assert.Same(former, _bench.Record.Value);

        held.Open();
        await write.InTime("the change was made");
        Assert.Equal(("error", 2, _bench.Time.GetUtcNow()), (Level, _bench.Record.Value.Version, _bench.Record.Value.LastActiveAt));
        Assert.Same(_bench.Record.Value, _bench.Store[_bench.Record.Key]);
    }

    [Fact]
    public async Task A_change_that_the_store_does_not_take_leaves_the_record_as_it_was()
    {
        var former = _bench.Record.Value;
        _bench.Store.FailsOnce = new IOException("The disk is full.");
        var failure = await Assert.ThrowsAsync<McpException>(() => WriteAsync("error"));
        Assert.Contains("nothing was changed", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("disk", failure.Message, StringComparison.Ordinal);
        Assert.Same(former, _bench.Record.Value);

        await WriteAsync("warning");
        Assert.Equal(("warning", 2), (Level, _bench.Record.Value.Version));
    }

    [Fact]
    public async Task A_change_that_the_store_does_not_confirm_is_not_said_to_have_failed()
    {
        var former = _bench.Record.Value;
        _bench.Store.FailsOnce = new SaveUnconfirmedException("No answer.");
        var failure = await Assert.ThrowsAsync<McpException>(() => WriteAsync("error"));
        Assert.Contains("may or may not", failure.Message, StringComparison.Ordinal);
        Assert.Same(former, _bench.Record.Value);
    }

    [Fact]
    public async Task A_record_that_no_store_can_hold_is_the_clients_to_make_smaller()
    {
        var former = _bench.Record.Value;
        _bench.Store.FailsOnce = new SessionRecordTooLargeException(1_000_001, 1_000_000);
        var failure = await Assert.ThrowsAsync<McpException>(() => WriteAsync("error"));
        Assert.Equal("A session's record may take 1000000 bytes; this change would make it 1000001.", failure.Message);
        Assert.Same(former, _bench.Record.Value);
    }

    [Fact]
    public async Task A_client_spends_a_write_for_what_it_changes_and_an_operator_none()
    {
        var bench = new SessionBench(TestConfiguration.With(quotas: QuotaConfiguration.None with { WritesPerMinute = 2 }));
        await bench.Writer.WriteAsync(WithLevel("error"), CancellationToken.None); // half of its client's is one
        await bench.Writer.WriteAsync(static record => record, CancellationToken.None);
        var refused = await Assert.ThrowsAsync<QuotaExceededException>(() => bench.Writer.WriteAsync(WithLevel("warning"), CancellationToken.None));
        Assert.Equal((Quota.Writes, QuotaScope.Session), (refused.Refusal.Quota, refused.Refusal.Scope));
        await bench.Writer.CommitAsync(WithLevel("warning"), CancellationToken.None);
    }

    [Fact]
    public async Task Who_commits_hears_of_the_store_itself()
    {
        _bench.Store.FailsOnce = new IOException("The disk is full.");
        await Assert.ThrowsAsync<IOException>(() => _bench.Writer.CommitAsync(WithLevel("error"), CancellationToken.None));
        _bench.Store.FailsOnce = new SaveUnconfirmedException("No answer.");
        await Assert.ThrowsAsync<SaveUnconfirmedException>(() => _bench.Writer.CommitAsync(WithLevel("error"), CancellationToken.None));
        Assert.Null(Level);
    }

    [Fact]
    public async Task A_writer_that_is_fenced_off_says_so_once_and_shows_nothing()
    {
        var fenced = 0;
        _bench.Writer.Fenced = () => fenced++;
        _bench.Store.FailsOnce = new SessionFencedException("Another activation writes.");
        await Assert.ThrowsAsync<OperationCanceledException>(() => WriteAsync("error"));
        Assert.Equal((1, (string?)null), (fenced, Level));

        _bench.Store.FailsOnce = new SessionFencedException("Another activation writes.");
        await Assert.ThrowsAsync<SessionFencedException>(() => _bench.Writer.CommitAsync(WithLevel("error"), CancellationToken.None));
        Assert.Equal((2, (string?)null), (fenced, Level));
    }

    [Fact]
    public async Task A_record_that_has_moved_is_taken_over_and_the_change_is_made_on_top_of_it()
    {
        var standing = _bench.Record.Value with { Subscriptions = ["bench://one"], Version = 2 };
        SessionRecord? seen = null;
        _bench.Writer.Moved = () => seen = _bench.Record.Value;
        _bench.Store.FailsOnce = new SessionRecordMovedException(standing);
        await WriteAsync("error");
        Assert.Same(standing, seen);
        Assert.Equal(("error", 3), (Level, _bench.Record.Value.Version));
        Assert.Equal(["bench://one"], _bench.Record.Value.Subscriptions);
        Assert.Same(_bench.Record.Value, _bench.Store[_bench.Record.Key]);
    }

    [Fact]
    public async Task Changes_are_made_one_after_the_other_and_none_is_lost()
    {
        var held = _bench.Store.Held = new Gate();
        var writes = Enumerable.Range(0, 20).Select(number => _bench.Writer.WriteAsync(
            record => record with { Subscriptions = [.. record.Subscriptions, $"bench://{number}"] }, CancellationToken.None)).ToList();
        await held.Entered;
        Assert.Null(_bench.Writer.TryEnter());

        held.Open();
        await Task.WhenAll(writes).InTime("all changes were made");
        Assert.Equal(20, _bench.Record.Value.Subscriptions.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal((1, 21), (_bench.Store.MostAtOnce, _bench.Record.Value.Version));
        using var turn = Assert.NotNull(_bench.Writer.TryEnter());
    }

    [Fact]
    public async Task Nothing_is_written_while_somebody_else_has_the_turn()
    {
        var turn = await _bench.Writer.EnterAsync(CancellationToken.None);
        var write = WriteAsync("error");
        Assert.False(write.IsCompleted);
        Assert.Empty(_bench.Store.Operations);
        turn.Dispose();
        await write.InTime("the turn came");
    }

    [Fact]
    public async Task A_closed_writer_refuses_and_finishes_what_the_store_is_being_given()
    {
        var held = _bench.Store.Held = new Gate();
        var (first, second) = (WriteAsync("error"), WriteAsync("warning"));
        await held.Entered;
        _bench.Writer.Close();
        held.Open();
        await first.InTime("the change was made");
        await Assert.ThrowsAsync<SessionEndedException>(() => second);
        await Assert.ThrowsAsync<SessionEndedException>(() => WriteAsync("info"));
        Assert.Equal("error", Level);
        Assert.Equal(["save"], _bench.Store.Operations);
    }

    [Fact]
    public async Task A_change_that_changes_nothing_is_not_written()
    {
        await _bench.Writer.WriteAsync(record => record, CancellationToken.None);
        Assert.Empty(_bench.Store.Operations);
        Assert.Equal(1, _bench.Record.Value.Version);
    }

    [Fact]
    public async Task A_change_that_throws_gives_the_turn_back()
    {
        await Assert.ThrowsAsync<McpException>(() => _bench.Writer.WriteAsync(_ => throw new McpException("No."), CancellationToken.None));
        await WriteAsync("error").InTime("the turn was given back");
    }

    [Fact]
    public async Task A_cancelled_change_is_not_begun_and_one_that_was_begun_is_not_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var held = _bench.Store.Held = new Gate();
        var (begun, waiting) = (
            _bench.Writer.WriteAsync(WithLevel("error"), cancellation.Token), _bench.Writer.WriteAsync(WithLevel("info"), cancellation.Token));
        await held.Entered;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        held.Open();
        await begun.InTime("the change was made");
        Assert.Equal("error", Level);
    }

    [Fact]
    public async Task A_record_is_left_behind_with_its_last_message_and_its_counters()
    {
        var former = _bench.Record.Value;
        _bench.Time.Advance(TimeSpan.FromMinutes(5));
        _bench.Activity.Touch();
        CountedWindow[] counters = [new("spent", CounterWindow.Hour, _bench.Time.GetUtcNow(), 7)];
        await _bench.Writer.SaveLeavingAsync(counters);
        var left = _bench.Store[_bench.Record.Key]!;
        Assert.Equal((_bench.Time.GetUtcNow(), 2), (left.LastActiveAt, left.Version));
        Assert.Same(counters, left.Counters);
        Assert.Equal(["leave"], _bench.Store.Operations);
        Assert.Same(former, _bench.Record.Value);
    }

    [Fact]
    public async Task A_principal_that_never_stored_anything_leaves_nothing_behind()
    {
        var bench = new SessionBench(isPrincipal: true);
        await bench.Writer.SaveLeavingAsync(counters: null);
        Assert.Null(bench.Store[bench.Record.Key]);
        await bench.Writer.WriteAsync(WithLevel("error"), CancellationToken.None);
        await bench.Writer.SaveLeavingAsync(counters: null);
        Assert.Equal(["save", "leave"], bench.Store.Operations);
    }

    [Fact]
    public async Task A_session_leaves_although_the_store_does_not_take_its_last_message()
    {
        _bench.Store.Fails = new IOException("The disk is full.");
        await _bench.Writer.SaveLeavingAsync(counters: null);
        Assert.Null(_bench.Store[_bench.Record.Key]);
    }

    private string? Level => _bench.Record.Value.LogLevel;

    private static Func<SessionRecord, SessionRecord> WithLevel(string level) => record => record with { LogLevel = level };

    private Task WriteAsync(string level) => _bench.Writer.WriteAsync(WithLevel(level), CancellationToken.None);
}
