using OrleansMcp.Authorization;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tenants;

namespace OrleansMcp.ToolLogs;

/// <summary>What one session may see of its tenant's tool log.</summary>
internal sealed class SessionToolLog(SessionAuthorization authorization, ToolLogBuffer buffer, ITenantDirectory tenants)
{
    private const string PermissionPrefix = "toollog:";

    /// <exception cref="PermissionDeniedException">Nothing of what is asked for may be seen.</exception>
    public async ValueTask<IReadOnlyList<ToolLogEntry>> ReadAsync(RunningCall call, ToolLogFilter filter, CancellationToken cancellationToken)
    {
        var caller = call.Caller;
        var permitted = authorization.PermittedTo(caller);
        string[] entries = [.. permitted.Entries.Where(entry => entry.StartsWith(PermissionPrefix, StringComparison.Ordinal))];
        if (filter.Tool is { } tool ? !permitted.Allows(PermissionKind.ToolLog, tool) : entries.Length == 0)
        {
            throw authorization.Deny(caller, PermissionKind.ToolLog, filter.Tool ?? "*");
        }

        // What this process still holds is the caller's own, and its neighbours'.
        await buffer.FlushAsync(caller.Tenant, cancellationToken);
        return await tenants.Get(caller.Tenant).ReadCallsAsync(new ToolLogQuery(caller.Tenant, caller.Client, entries, filter), cancellationToken);
    }
}
