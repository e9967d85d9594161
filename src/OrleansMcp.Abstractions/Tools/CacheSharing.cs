namespace OrleansMcp;

/// <summary>Which sessions may get a cached result. Results are never shared between tenants.</summary>
public enum CacheSharing
{
    /// <summary>Sessions of the same client that act for the same subject.</summary>
    Client,

    /// <summary>Sessions of any client of the same tenant.</summary>
    Tenant,
}
