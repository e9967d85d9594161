using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Auditing;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Storage.Sqlite.Audit;

namespace OrleansMcp.Storage.Tests.Sqlite;

/// <summary>An end is one commit: the session's row and its receipt in the audit. And other state than that of sessions is refused.</summary>
public sealed class ReceiptTests : IDisposable
{
    private readonly SqliteStore _store = new();
    private readonly GrainId _grain = GrainId.Create("session", "s-1");

    public void Dispose() => _store.Dispose();

    [Fact]
    public void The_storage_says_that_it_appends_receipts() => Assert.IsAssignableFrom<IReceiptAppendingStorage>(_store.Sessions);

    [Fact]
    public async Task A_clear_with_a_receipt_deletes_the_session_and_appends_the_entry()
    {
        var state = await OpenAsync();
        state.State!.Receipt = Receipt();
        await _store.Sessions.ClearStateAsync("session", _grain, state);
        var audit = await VerifyAsync();
        Assert.Empty(audit.Findings);
        Assert.Equal(1, audit.Entries);
        Assert.Empty(await _store.Registry.LoadAsync("acme", default));
    }

    [Fact]
    public async Task A_clear_that_comes_too_late_appends_nothing()
    {
        var stale = await OpenAsync();
        var current = new GrainState<StoredSession>();
        await _store.Sessions.ReadStateAsync("session", _grain, current);
        await _store.Sessions.WriteStateAsync("session", _grain, current);
        stale.State!.Receipt = Receipt();
        await Assert.ThrowsAsync<InconsistentStateException>(() => _store.Sessions.ClearStateAsync("session", _grain, stale));
        Assert.Equal(0, (await VerifyAsync()).Entries);
        Assert.Single(await _store.Registry.LoadAsync("acme", default));
    }

    [Fact]
    public async Task A_receipt_is_not_stored_with_the_session()
    {
        var state = await OpenAsync(Receipt());
        await _store.Sessions.ReadStateAsync("session", _grain, state);
        Assert.Null(state.State!.Receipt);
    }

    [Fact]
    public async Task State_that_is_no_sessions_is_refused_by_name()
    {
        var refused = await Assert.ThrowsAsync<NotSupportedException>(() => _store.Sessions.WriteStateAsync("other", _grain, new GrainState<string> { State = "x" }));
        Assert.Contains("System.String", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotSupportedException>(() => _store.Sessions.ReadStateAsync("other", _grain, new GrainState<string>()));
        await Assert.ThrowsAsync<NotSupportedException>(() => _store.Sessions.ClearStateAsync("other", _grain, new GrainState<string>()));
    }

    private static AuditEntry Receipt() => new(DateTimeOffset.UnixEpoch, "session_ended", null, null, null, "s-1", "acme", "alice", "reason closed");

    private async Task<GrainState<StoredSession>> OpenAsync(AuditEntry? receipt = null)
    {
        var state = new GrainState<StoredSession> { State = new StoredSession { Tenant = "acme", Client = "alice", Record = [1], Receipt = receipt } };
        await _store.Sessions.WriteStateAsync("session", _grain, state);
        return state;
    }

    private async Task<Auditing.AuditChainCheck> VerifyAsync() =>
        (await _store.AuditReader.VerifyAsync("acme", Array.Empty<int>().ToLookup(_ => "", _ => Auditing.AuditHead.None), default)).Chains[SqliteAuditReader.Writer];
}
