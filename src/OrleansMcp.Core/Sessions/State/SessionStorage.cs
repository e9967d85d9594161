namespace OrleansMcp.Sessions.State;

/// <summary>Where session state is kept.</summary>
public static class SessionStorage
{
    /// <summary>The name a host registers its grain storage under.</summary>
    public const string Name = "sessions";
}
