namespace OrleansMcp;

/// <summary>Whom a kept result may answer. There is nothing wider than a tenant.</summary>
public enum CacheSharing
{
    /// <summary>Sessions of the same client that act for the same subject.</summary>
    Client,

    /// <summary>Sessions of any client of the same tenant.</summary>
    Tenant,
}
