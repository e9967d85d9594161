namespace OrleansMcp.Grains.Storage;

/// <summary>Where session state is kept.</summary>
public static class SessionStorage
{
    /// <summary>The name a host registers its grain storage under.</summary>
    public const string Name = "sessions";
}
