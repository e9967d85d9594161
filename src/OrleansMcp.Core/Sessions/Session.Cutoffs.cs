using OrleansMcp.Cutoffs;
using System.Text.Json;

namespace OrleansMcp.Sessions;

/// <summary>What an operator has ended or refuses: checked when the session opens or wakes, and whenever a mark arrives.</summary>
internal sealed partial class Session
{
    /// <summary>Ends the session if a mark that this process knows is about it. Null when none is, or the session has ended before.</summary>
    /// <exception cref="SessionPassivatedException">The session was passivated: its next instance asks for the marks.</exception>
    public Task<SessionReceipt?> EndIfCutOffAsync() => Is(SessionPhase.Live) ? EndAsync(CutOffLocked) : Task.FromResult<SessionReceipt?>(null);

    private SessionEndReason? CutOffLocked(DateTimeOffset now)
    {
        var (marks, record) = (_services.Cutoffs.Of(Key.Tenant), _parts.Record.Value);
        return marks.Ends(record.Owner, record.OpenedAt) ? SessionEndReason.Operator : null;
    }

    /// <summary>
    /// Whether the caller's actor, which it need not open, is refused. Sessions are refused when they open, and ended.
    /// </summary>
    private bool IsRefused(Caller caller)
    {
        var marks = _services.Cutoffs.Of(Key.Tenant);
        return !marks.IsEmpty && Key.IsPrincipal && marks.Refuses(SessionOwner.Of(caller), _services.Configuration.Current);
    }

    private static ValueTask<SessionReply> RefusedAsync(Caller caller, JsonElement id) =>
        new(SessionReply.Refused(id, CutoffRefusal.Of(SessionOwner.Of(caller))));
}
