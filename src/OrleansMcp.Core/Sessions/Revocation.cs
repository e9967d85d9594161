using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>Applies what was taken away while the session is open, by a new configuration or by an operator.</summary>
internal sealed class Revocation(
    CurrentRecord record, SessionAuthorization authorization, SessionPolicy policy, SessionUpstreams servers, RunningCalls calls, PendingInputs inputs,
    SessionChanges changes, ReplyWriter replies, FailureLog failures)
{
    /// <summary>
    /// Called when the permissions or other servers may have changed: cancels calls that are no longer permitted, closes servers that are no longer
    /// configured, and notifies the client when its lists changed.
    /// </summary>
    public void Reconsider()
    {
        var areOtherServers = servers.Reconsider();
        if (!authorization.TryRenew(out var former, out var now))
        {
            return; // No permission was checked or listed yet.
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

        if (policy.TryRelist() || areOtherServers)
        {
            changes.TellListChanged(CatalogueList.Tools);
        }

        if (areOtherServers)
        {
            changes.TellListChanged(CatalogueList.Prompts);
            changes.TellListChanged(CatalogueList.Resources);
        }
    }

    /// <summary>
    /// Checks the permission of a retry's own caller, before the retry continues a call that waits for input. Null when it is permitted.
    /// </summary>
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
            return null; // No call can wait for a retry like this.
        }

        return authorization.TryPermit(retry, kind, name.GetString()!) ? null : Denial(retry);
    }

    /// <summary>
    /// Adds a call that waited for input to the running ones, or returns the answer that refuses it. The permission is checked once more
    /// afterwards, because a revocation does not see a call that is neither waiting nor running.
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
    /// Answers running calls that are no longer permitted, then cancels them. What a handler returns after that is discarded. Waiting calls
    /// are cancelled.
    /// </summary>
    private void RevokeCalls()
    {
        var running = Array.FindAll(calls.All, call => !authorization.StillPermits(call));
        var waiting = inputs.TakeWhere(call => !authorization.StillPermits(call));
        Array.ForEach(running, RevokeRunning);

        foreach (var call in waiting)
        {
            call.Revoke(); // Its request is answered already; its retry will be refused.
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
            : Failures.ToAnswer(call, new PermissionDeniedException(need.Kind, need.Name), record.Name, failures);
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
