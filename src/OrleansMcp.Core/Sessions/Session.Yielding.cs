using OrleansMcp.Sessions.Yielding;

namespace OrleansMcp.Sessions;

/// <summary>How a session makes room for another one of its client, and what keeps it from that.</summary>
internal sealed partial class Session
{
    /// <summary>
    /// Whether the session is being opened, calls run, a call waits for its user's input, or a client waits for a resource that it has
    /// subscribed to. Its idle time is not over then.
    /// </summary>
    private bool IsInUse => Is(SessionPhase.Opening) || HasWork || IsListenedTo;

    private bool HasWork => Volatile.Read(ref _busy) > 0 || _parts.AnyCallsOrInputs;

    /// <summary>The session's own stream alone is kept open by most clients, and brings nothing but news that they can do without.</summary>
    private bool IsListenedTo => Volatile.Read(ref _listening) > 0 && _parts.Record.OrNull?.Subscriptions.Count > 0;

    private bool HoldsAnything => _parts.Record.Value.State.Count > 0 || Vault.HoldsOwn || IsListenedTo;

    /// <inheritdoc/>
    public async Task<YieldReply> YieldAsync(YieldRequest request, CancellationToken cancellationToken)
    {
        var kept = new YieldReply(Is(SessionPhase.Opening) ? YieldOutcome.InUse : YieldOutcome.Absent);
        var ended = EndAsync(now => ToYieldLocked(request, now, out kept));
        return kept.Outcome != YieldOutcome.Absent ? kept
            : await ended.WaitAsync(cancellationToken) is null ? kept
            : new YieldReply(YieldOutcome.Ended);
    }

    /// <summary>Why the session ends for <paramref name="request"/>; null when it does not.</summary>
    private SessionEndReason? ToYieldLocked(YieldRequest request, DateTimeOffset now, out YieldReply kept)
    {
        kept = new YieldReply(YieldOutcome.Absent);
        if (Key.IsPrincipal || Key.Tenant != request.Tenant)
        {
            return null;
        }

        if (OverdueLocked(now) is { } overdue)
        {
            return overdue;
        }

        var holds = HoldsAnything;
        if (!HasWork && LastActiveAt <= (holds ? request.HeldSince : request.UnusedSince))
        {
            return SessionEndReason.Evicted;
        }

        kept = new YieldReply(HasWork ? YieldOutcome.InUse : holds ? YieldOutcome.Holding : YieldOutcome.Unused, LastActiveAt, DueAt);
        return null;
    }
}
