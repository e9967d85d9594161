using OrleansMcp.Permissions;
using OrleansMcp.Signals;

namespace OrleansMcp.Sessions;

/// <summary>What operators can do to a session: look, take away, end. Nothing in here gives anything or reads what is the session's.</summary>
public sealed partial class Session
{
    /// <inheritdoc/>
    public async Task<OperatorReply> OperateAsync(OperatorRequest request, CancellationToken cancellationToken)
    {
        if (!TryEnterAsOperator(request))
        {
            return OperatorReply.NotFound;
        }

        try
        {
            SessionReceipt? receipt = null;
            switch (request.Action)
            {
                case OperatorAction.Shrink:
                    await ShrinkAsync(PermissionSet.OfRecord(request.Permissions ?? []), cancellationToken);
                    break;
                case OperatorAction.End:
                    // Not cancelled: an end that was begun is completed.
                    receipt = await EndAsync(SessionEndReason.Operator, CancellationToken.None);
                    break;
            }

            if (request.Action != OperatorAction.Inspect)
            {
                await DropOutputsAsync();
            }

            var reply = Describe(receipt);
            Note(request, reply);
            return reply;
        }
        finally
        {
            lock (_gate)
            {
                _busy--; // An operator's visit is no use of the session: its idle time goes on.
            }
        }
    }

    private bool TryEnterAsOperator(OperatorRequest request)
    {
        lock (_gate)
        {
            if (_phase == Phase.Passive)
            {
                throw new SessionPassivatedException();
            }

            if (_phase != Phase.Live || Key.IsPrincipal || _record!.Owner.Tenant != request.Tenant || Overdue(_host.Time.GetUtcNow()) is not null)
            {
                return false;
            }

            _busy++;
            return true;
        }
    }

    private OperatorReply Describe(SessionReceipt? receipt)
    {
        var record = _record!;
        int calls;
        lock (_gate)
        {
            calls = (_calls?.Count ?? 0) + (_waitingInputs?.Count ?? 0);
        }

        return new OperatorReply(
            record.Owner.Client, record.Owner.Subject, record.OpenedAt, LastActiveAt, calls, Grant().Effective.Entries, receipt);
    }

    private void Note(OperatorRequest request, OperatorReply reply)
    {
        var what = request.Action switch
        {
            OperatorAction.Shrink => $"operator {request.Operator} left {reply.Permissions.Count} permissions",
            OperatorAction.End => $"operator {request.Operator} ended the session",
            _ => null, // Lists are noted once by who makes them.
        };
        if (what is not null)
        {
            _host.Signals.Raise(new Signal(SignalName.OperatorAction, Who: null, _record!.Owner, what, Key));
        }
    }
}
