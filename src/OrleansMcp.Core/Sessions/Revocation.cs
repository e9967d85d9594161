using System.Text.Json;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>Permissions that are taken away while a session is open, by its registration or by an operator.</summary>
internal sealed class Revocation(
    CurrentRecord record, SessionAuthorization authorization, SessionPolicy policy, RunningCalls calls, PendingInputs inputs, SessionChanges changes,
    ReplyWriter replies, ILogger logger)
{
    /// <summary>
    /// Looks at the session again after its permissions may have changed: stops what is not permitted any more, and tells the client that its
    /// lists changed.
    /// </summary>
    public void Reconsider()
    {
        if (!authorization.TryRenew(out var former, out var now))
        {
            return; // Nothing was judged or shown yet.
        }

        RevokeCalls();
        if (!changes.HasAudience)
        {
            return;
        }

        if (!ReferenceEquals(former, now))
        {
            TellLists(former, now);
        }

        if (policy.TryRelist())
        {
            changes.TellListChanged(CatalogueList.Tools);
        }
    }

    /// <summary>The retry of a call that waits for its user's input goes on with that call: its own caller must be permitted it too.</summary>
    public Answer? RefuseRetry(RunningCall retry)
    {
        var message = retry.Message;
        var kind = message.Method switch
        {
            RequestMethods.ToolsCall => PermissionKind.Tool,
            RequestMethods.PromptsGet => PermissionKind.Prompt,
            _ => PermissionKind.Resource,
        };
        if (Methods.NameParameter(message.Method) is not { } parameter || !message.Params.TryGetProperty(parameter, out var name)
            || name.ValueKind != JsonValueKind.String)
        {
            return null; // Such a request never waited for anything.
        }

        return authorization.TryPermit(retry, kind, name.GetString()!) ? null : Denial(retry);
    }

    /// <summary>
    /// Takes a call that waited for input among the running ones, or says why not. While it was neither waiting nor running, a revocation could
    /// not find it; so it is judged once more when it can be found.
    /// </summary>
    public Answer? Admit(RunningCall retried)
    {
        if (calls.Add(retried) is { } full)
        {
            return full;
        }

        if (!authorization.StillPermits(retried))
        {
            RevokeRunning(retried);
        }

        return null;
    }

    /// <summary>
    /// Calls that run or wait and are not permitted any more: each is answered at once, then cancelled. A handler that does not heed its
    /// cancellation runs on for nobody.
    /// </summary>
    private void RevokeCalls()
    {
        var running = Array.FindAll(calls.All, call => !authorization.StillPermits(call));
        var waiting = inputs.TakeWhere(call => !authorization.StillPermits(call));
        Array.ForEach(running, RevokeRunning);

        foreach (var call in waiting)
        {
            call.Revoke(); // Answered with its question already; the retry is refused.
        }
    }

    private void RevokeRunning(RunningCall call)
    {
        var need = NeedOf(call);
        authorization.ReportDenied(call.Caller, need.Kind, need.Name);
        calls.Complete(call, Denial(call));
        call.Revoke();
    }

    private Answer Denial(RunningCall call)
    {
        var need = NeedOf(call);
        return need.Kind == PermissionKind.Tool
            ? Answer.Of(replies.WriteToolCall(call, ToolResults.NotPermitted(need.Name)).Reply)
            : Failures.ToAnswer(call, new PermissionDeniedException(need.Kind, need.Name), record.Name, logger);
    }

    private static PermissionNeed NeedOf(RunningCall call) =>
        call.Need ?? new PermissionNeed(PermissionKind.Resource, call.Watched?.FirstOrDefault() ?? "");

    private void TellLists(PermissionSet former, PermissionSet now)
    {
        TellList(CatalogueList.Tools, PermissionKind.Tool);
        TellList(CatalogueList.Prompts, PermissionKind.Prompt);
        TellList(CatalogueList.Resources, PermissionKind.Resource);

        void TellList(CatalogueList list, PermissionKind kind)
        {
            if (!now.IsSame(kind, former))
            {
                changes.TellListChanged(list);
            }
        }
    }
}
