using Microsoft.Extensions.Logging;
using OrleansMcp.Auditing;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.State;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;

namespace OrleansMcp.Sessions;

/// <summary>
/// The steps by which a session ends, in their order. Where the store appends receipts: calls cancelled; connections to other servers closed; secrets zeroed; record deleted and
/// receipt audited, in one commit. Elsewhere: durable ended mark; calls cancelled; connections closed; secrets zeroed; record deleted. Then the session's place
/// is unregistered from its tenant, and the receipt is published. The caller holds the turn of <see cref="StateWriter"/>, so that no other
/// write of the record overlaps.
/// </summary>
internal sealed partial class EndSequence(
    CurrentRecord current, ISessionStore store, RunningCalls calls, SessionUpstreams servers, SessionVault vault, ITenantDirectory tenants, ISignals signals,
    SessionMetrics metrics, TimeProvider time, ILogger logger)
{
    /// <summary>Whether the end is one commit, so that a failed end leaves the session open.</summary>
    public bool IsAtomic => store.AppendsReceipts;

    /// <exception cref="IOException">The end could not be made durable.</exception>
    public async Task<SessionReceipt> RunAsync(SessionEndReason reason)
    {
        var record = current.Value;
        var (receipt, isAudited) = store.AppendsReceipts ? await CommitAsync(record, reason) : await MarkAndDeleteAsync(record, reason);
        await GiveBackPlaceAsync(record.Owner);
        metrics.Ended(receipt.Reason);
        signals.Raise(SignalOf(record, receipt) with { IsAudited = isAudited });
        return receipt;
    }

    /// <summary>
    /// Calls are cancelled and secrets zeroed before the commit that ends the session. After a crash or a failure before the commit, the
    /// session has not ended and no receipt was published. The commit audits the receipt unless there is no record to delete, as for a
    /// principal that never stored anything.
    /// </summary>
    private async Task<(SessionReceipt Receipt, bool IsAudited)> CommitAsync(SessionRecord record, SessionEndReason reason)
    {
        var receipt = await LetGoAsync(record, reason, time.GetUtcNow());
        return (receipt, await store.EndAsync(current.Key, AuditEntry.Of(SignalOf(record, receipt), receipt.EndedAt), CancellationToken.None));
    }

    private async Task<(SessionReceipt Receipt, bool IsAudited)> MarkAndDeleteAsync(SessionRecord record, SessionEndReason reason)
    {
        var endedAt = time.GetUtcNow();
        await MarkAsync(record with { Ended = reason, Version = record.Version + 1 });
        var receipt = await LetGoAsync(record, reason, endedAt);
        await store.DeleteAsync(current.Key, CancellationToken.None);
        return (receipt, false);
    }

    /// <summary>
    /// Writes the ended mark before anything else, so that no crash brings the session back. On a full disk the mark cannot be written;
    /// then the deletion that follows, which needs no space, makes the end durable.
    /// </summary>
    private async Task MarkAsync(SessionRecord record)
    {
        if (record.Version == 1)
        {
            return; // A principal that never stored anything.
        }

        try
        {
            await store.SaveAsync(record, CancellationToken.None);
        }
        catch (IOException e)
        {
            LogMarkFailed(logger, e, current.Name);
        }
    }

    /// <summary>
    /// Connections to other servers are closed before the secrets are zeroed, because the request that ends a server's session carries one. A server that
    /// does not answer delays that by <see cref="UpstreamServices.CloseTimeout"/> at most.
    /// </summary>
    private async ValueTask<SessionReceipt> LetGoAsync(SessionRecord record, SessionEndReason reason, DateTimeOffset endedAt)
    {
        var cancelled = calls.CancelAll(CancelReason.SessionEnded);
        var closed = await servers.CloseAsync();
        return new(reason, record.OpenedAt, endedAt, cancelled, vault.Erase(), closed);
    }

    /// <summary>
    /// Unregisters the session. If that fails, the session has ended all the same, and the tenant's expiry check removes the place.
    /// </summary>
    private async Task GiveBackPlaceAsync(SessionOwner owner)
    {
        try
        {
            await tenants.Get(owner.Tenant).UnregisterAsync(owner.Client, current.Key, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or SessionUnavailableException)
        {
            LogPlaceKept(logger, e, current.Name);
        }
    }

    private Signal SignalOf(SessionRecord record, SessionReceipt receipt) => new(SignalName.SessionEnded, Who: null, record.Owner,
        $"reason {receipt.Reason}, {receipt.CallsCancelled} calls cancelled, {receipt.SecretsCleared} secrets cleared, {receipt.ServersClosed} servers closed", current.Key);

    [LoggerMessage(Level = LogLevel.Error, Message = "The ended mark of session {Session} could not be written; its record is deleted anyway.")]
    private static partial void LogMarkFailed(ILogger logger, Exception exception, string session);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} has ended, and its tenant could not be told; its place is given back by the tenant's clock.")]
    private static partial void LogPlaceKept(ILogger logger, Exception exception, string session);
}
