using OrleansMcp.Permissions;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions;

/// <summary>Records are reached through the session only, which says who acts.</summary>
public sealed partial class Session
{
    internal SessionHost Host => _host;

    /// <summary>Judges the use of a namespace, whatever the owner of the namespace allows.</summary>
    internal void PermitRecords(RunningCall call, PermissionKind kind, string name)
    {
        if (!Permits(call.Caller, kind, name))
        {
            RaiseDenied(call.Caller, kind, name);
            throw new PermissionDeniedException(kind, name);
        }
    }
}
