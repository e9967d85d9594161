namespace OrleansMcp.Sessions.State;

/// <summary>The grain storage of sessions.</summary>
public static class SessionStorage
{
    /// <summary>The name a host registers its grain storage under.</summary>
    public const string Name = "sessions";
}
