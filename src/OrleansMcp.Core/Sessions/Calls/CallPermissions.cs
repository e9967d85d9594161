using OrleansMcp.Permissions;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Calls;

/// <summary>What the call's session, and the credential that the call came with, permit.</summary>
internal sealed class CallPermissions(RunningCall call) : ISessionPermissions
{
    public bool Allows(PermissionKind kind, string name) => call.Session.Permits(call.Caller, kind, name);
}
