using Microsoft.Extensions.Logging.Abstractions;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Sessions;

public sealed class EndSequenceTests
{
    private readonly SessionBench _marking = new();
    private readonly SessionBench _committing = new() { Store = new BenchStore { AppendsReceipts = true } };

    [Fact]
    public async Task Where_the_store_appends_receipts_the_end_is_one_commit_after_all_was_let_go_of()
    {
        var call = await BeginAsync(_committing);
        List<(string, bool, bool)> seen = [];
        _committing.Store.Beginning = what => seen.Add((what, call.Token.IsCancellationRequested, HasSecret(_committing)));
        var receipt = await EndOf(_committing).RunAsync(SessionEndReason.Closed);
        Assert.Equal([("end", true, false)], seen);
        Assert.Null(_committing.Store[_committing.Record.Key]);
        Assert.Equal((SessionEndReason.Closed, 1, 1), (receipt.Reason, receipt.CallsCancelled, receipt.SecretsCleared));
        Assert.Equal((SignalName.SessionEnded, receipt.EndedAt), (_committing.Store.Receipt!.Event, _committing.Store.Receipt.At));
        var signal = Assert.Single(_committing.Signals.Raised);
        Assert.Equal((SignalName.SessionEnded, true), (signal.Name, signal.IsAudited));
        Assert.Equal(signal.What, _committing.Store.Receipt.What);
        Assert.Empty(await OpenAsync(_committing));
    }

    [Fact]
    public async Task An_end_that_is_not_committed_has_not_happened_and_may_be_asked_for_again()
    {
        await BeginAsync(_committing);
        var end = EndOf(_committing);
        Assert.True(end.IsAtomic);
        _committing.Store.FailsOnce = new IOException("The disk is full.");
        await Assert.ThrowsAsync<IOException>(() => end.RunAsync(SessionEndReason.Closed));
        Assert.NotNull(_committing.Store[_committing.Record.Key]);
        Assert.Empty(_committing.Signals.Raised);
        Assert.Single(await OpenAsync(_committing));
        Assert.Equal(0, (await end.RunAsync(SessionEndReason.Closed)).SecretsCleared);
        Assert.Empty(await OpenAsync(_committing));
    }

    [Fact]
    public async Task Elsewhere_a_durable_mark_comes_first_and_the_deletion_last()
    {
        var call = await BeginAsync(_marking);
        List<(string, bool, bool, SessionEndReason?)> seen = [];
        _marking.Store.Beginning = what => seen.Add(
            (what, call.Token.IsCancellationRequested, HasSecret(_marking), _marking.Store[_marking.Record.Key]!.Ended));
        await EndOf(_marking).RunAsync(SessionEndReason.Idle);
        Assert.Equal([("save", false, true, null), ("delete", true, false, SessionEndReason.Idle)], seen);
        Assert.Null(_marking.Store[_marking.Record.Key]);
        Assert.False(Assert.Single(_marking.Signals.Raised).IsAudited);
        Assert.Empty(await OpenAsync(_marking));
    }

    [Fact]
    public async Task A_mark_that_cannot_be_written_does_not_stop_the_end()
    {
        await BeginAsync(_marking);
        _marking.Store.FailsOnce = new IOException("The disk is full.");
        Assert.Equal(1, (await EndOf(_marking).RunAsync(SessionEndReason.Closed)).CallsCancelled);
        Assert.Null(_marking.Store[_marking.Record.Key]);
    }

    [Fact]
    public async Task An_end_whose_deletion_fails_is_not_acknowledged()
    {
        await BeginAsync(_marking);
        _marking.Store.Fails = new IOException("The disk is full.");
        await Assert.ThrowsAsync<IOException>(() => EndOf(_marking).RunAsync(SessionEndReason.Closed));
        Assert.Empty(_marking.Signals.Raised);
        Assert.Single(await OpenAsync(_marking));
    }

    [Fact]
    public async Task A_principal_that_never_stored_anything_leaves_no_mark()
    {
        var bench = new SessionBench(isPrincipal: true);
        await EndOf(bench).RunAsync(SessionEndReason.Idle);
        Assert.Equal(["delete"], bench.Store.Operations);
        var committing = new SessionBench(isPrincipal: true) { Store = new BenchStore { AppendsReceipts = true } };
        await EndOf(committing).RunAsync(SessionEndReason.Idle);
        Assert.False(Assert.Single(committing.Signals.Raised).IsAudited); // Nothing was deleted, so nothing was appended: the sink is told.
    }

    [Fact]
    public async Task A_session_has_ended_although_its_tenant_cannot_be_told()
    {
        await BeginAsync(_committing);
        _committing.Tenants.IsAway = true;
        var receipt = await EndOf(_committing).RunAsync(SessionEndReason.Operator);
        Assert.Equal(SessionEndReason.Operator, receipt.Reason);
        Assert.Single(_committing.Signals.Raised);
    }

    /// <summary>A stored session with a place, a call that runs and a secret.</summary>
    private static async Task<RunningCall> BeginAsync(SessionBench bench)
    {
        await bench.Store.SaveAsync(bench.Record.Value, CancellationToken.None);
        Assert.Null(await bench.Tenants.Get("acme").RegisterAsync(bench.Record.Owner, bench.Record.Key, bench.Time.GetUtcNow(), CancellationToken.None));
        var call = bench.ToolCall();
        Assert.Null(bench.Calls.Add(call));
        ((ISessionSecrets)bench.Vault).Put("token", [1, 2, 3]);
        return call;
    }

    private static bool HasSecret(SessionBench bench) => ((ISessionSecrets)bench.Vault).Has("token");

    private static ValueTask<IReadOnlyList<SessionKey>> OpenAsync(SessionBench bench) =>
        bench.Tenants.Get("acme").ListSessionsAsync("alice", CancellationToken.None);

    private static EndSequence EndOf(SessionBench bench) => bench.Parts.End;
}
