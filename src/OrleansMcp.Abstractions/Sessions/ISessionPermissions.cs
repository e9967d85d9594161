namespace OrleansMcp;

/// <summary>The permissions of a call's session, for tools that act on something else on its behalf. No method grants permissions.</summary>
public interface ISessionPermissions
{
    /// <summary>Whether the session, at this moment, is permitted the use of <paramref name="name"/>.</summary>
    bool Allows(PermissionKind kind, string name);
}
