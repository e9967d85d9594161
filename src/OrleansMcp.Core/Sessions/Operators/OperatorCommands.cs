using OrleansMcp.Authorization;
using OrleansMcp.Caching;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;

namespace OrleansMcp.Sessions;

/// <summary>
/// What operators can do to one session: inspect it, revoke permissions, end it. No command grants anything or reads the session's state or
/// secrets.
/// </summary>
internal sealed class OperatorCommands(
    CurrentRecord record, LastActivity activity, SessionAuthorization authorization, StateWriter writer, Revocation revocation,
    TenantCacheClient cache, RunningCalls calls, PendingInputs inputs, ISignals signals)
{
    /// <summary>Executes a request. Durable on return.</summary>
    /// <param name="request">The operator's request.</param>
    /// <param name="end">Ends the session, and completes with its receipt.</param>
    /// <param name="cancellationToken">Cancels a change that has not begun.</param>
    /// <exception cref="IOException">The change could not be made durable, and did not happen.</exception>
    public async Task<OperatorReply> ExecuteAsync(
        OperatorRequest request, Func<Task<SessionReceipt?>> end, CancellationToken cancellationToken)
    {
        SessionReceipt? receipt = null;
        switch (request.Action)
        {
            case OperatorAction.Shrink:
                await ShrinkAsync(PermissionSet.OfRecord(request.Permissions ?? []), cancellationToken);
                break;
            case OperatorAction.End:
                receipt = await end();
                break;
        }

        if (request.Action != OperatorAction.Inspect)
        {
            await cache.DropAsync(record.Owner);
        }

        var reply = Describe(receipt);
        Report(request, reply);
        return reply;
    }

    /// <summary>Revokes the permissions that are not among <paramref name="remaining"/>. Grants none.</summary>
    private async Task ShrinkAsync(PermissionSet remaining, CancellationToken cancellationToken)
    {
        await writer.CommitAsync(
            record =>
            {
                var shrunk = PermissionSet.OfRecord(record.Permissions).Intersect(remaining);
                return shrunk.Entries.SequenceEqual(record.Permissions, StringComparer.Ordinal) ? record : Without(record, shrunk);
            },
            cancellationToken);
        revocation.Reconsider();
    }

    private static SessionRecord Without(SessionRecord record, PermissionSet shrunk) => record with
    {
        Permissions = shrunk.Entries,
        Subscriptions = [.. record.Subscriptions.Where(uri => shrunk.Allows(PermissionKind.Resource, uri))],
    };

    private OperatorReply Describe(SessionReceipt? receipt) => new(
        record.Owner.Client, record.Owner.Subject, record.Value.OpenedAt, activity.At, calls.Count + inputs.Count,
        authorization.Effective.Entries, receipt);

    private void Report(OperatorRequest request, OperatorReply reply)
    {
        var what = request.Action switch
        {
            OperatorAction.Shrink => $"operator {request.Operator} left {reply.Permissions.Count} permissions",
            OperatorAction.End => $"operator {request.Operator} ended the session",
            _ => null, // The endpoint that lists sessions raises one signal for all of them.
        };
        if (what is not null)
        {
            signals.Raise(new Signal(SignalName.OperatorAction, Who: null, record.Owner, what, record.Key));
        }
    }
}
