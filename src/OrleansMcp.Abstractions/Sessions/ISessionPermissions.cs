namespace OrleansMcp;

/// <summary>What the session of a call may do, for tools that reach further on its behalf. There is nothing to widen it with.</summary>
public interface ISessionPermissions
{
    /// <summary>Whether the session, at this moment, is permitted the use of <paramref name="name"/>.</summary>
    bool Allows(PermissionKind kind, string name);
}
