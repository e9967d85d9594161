using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansMcp.Permissions;
using OrleansMcp.Policies.Arguments;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Sessions;

/// <summary>The tool log: a summary of each tool call for its tenant, and what this session may see of its tenant's.</summary>
public sealed partial class Session
{
    private const int LongestLoggedName = 128;
    private const string ToolLogBegin = "toollog:";

    /// <summary>What the session may see of its tenant's log.</summary>
    /// <exception cref="PermissionDeniedException">Nothing of what is asked for.</exception>
    internal async ValueTask<IReadOnlyList<ToolLogEntry>> ReadToolLogAsync(RunningCall call, ToolLogFilter filter, CancellationToken cancellationToken)
    {
        var permitted = PermittedTo(call.Caller);
        string[] entries = [.. permitted.Entries.Where(entry => entry.StartsWith(ToolLogBegin, StringComparison.Ordinal))];
        if (filter.Tool is { } tool ? !permitted.Allows(PermissionKind.ToolLog, tool) : entries.Length == 0)
        {
            RaiseDenied(call.Caller, PermissionKind.ToolLog, filter.Tool ?? "*");
            throw new PermissionDeniedException(PermissionKind.ToolLog, filter.Tool ?? "*");
        }

        // What this process still holds is the caller's own, and its neighbours'.
        await _host.ToolLog.FlushAsync(call.Caller.Tenant, cancellationToken);
        return await _host.Tenants.Get(call.Caller.Tenant)
            .ReadCallsAsync(new ToolLogQuery(call.Caller.Tenant, call.Caller.Client, entries, filter), cancellationToken);
    }

    private ValueTask<byte[]> CallLoggedAsync(RunningCall call)
    {
        var began = _host.Time.GetTimestamp();
        var work = CallToolAsync(call);
        if (!work.IsCompletedSuccessfully)
        {
            return LogLaterAsync(call, work, began);
        }

        var reply = work.Result;
        LogCall(call, began, reply.Length, failure: null);
        return new(reply);
    }

    private async ValueTask<byte[]> LogLaterAsync(RunningCall call, ValueTask<byte[]> work, long began)
    {
        try
        {
            var reply = await work;
            LogCall(call, began, reply.Length, failure: null);
            return reply;
        }
        catch (Exception e)
        {
            LogCall(call, began, 0, e);
            throw;
        }
    }

    private void LogCall(RunningCall call, long began, int resultBytes, Exception? failure)
    {
        var parameters = call.Message.Params;
        if (parameters.ValueKind != JsonValueKind.Object || !parameters.TryGetProperty("name"u8, out var name) || name.ValueKind != JsonValueKind.String)
        {
            return; // It named no tool.
        }

        if (!_host.ToolLog.Admits(call.Caller.Tenant, call.Caller.Client))
        {
            return;
        }

        parameters.TryGetProperty("arguments"u8, out var arguments);
        _host.ToolLog.Add(call.Caller.Tenant, new ToolLogEntry(
            _host.Time.GetUtcNow(), call.Caller.Client, Name, Shown(name.GetString()!), ToolOutcome.Of(call, failure),
            arguments.ValueKind == JsonValueKind.Undefined ? 0 : JsonMarshal.GetRawUtf8Value(arguments).Length,
            resultBytes, _host.Time.GetElapsedTime(began), ArgumentDigest.Of(arguments)));
    }

    /// <summary>The tool as the client named it, whether or not there is one: the log does not tell what a refusal does not.</summary>
    private static string Shown(string tool) => tool.Length <= LongestLoggedName ? tool : tool[..LongestLoggedName];
}
