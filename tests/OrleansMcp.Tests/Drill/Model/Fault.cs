namespace OrleansMcp.Tests.Drill.Model;

/// <summary>A fault that <see cref="ModelServer"/> is given on purpose.</summary>
public enum Fault
{
    None,

    /// <summary>A version is compared, and the record replaced a moment later.</summary>
    LostUpdate,

    /// <summary>A transaction writes first, and takes it back when it finds a conflict.</summary>
    DirtyRead,

    /// <summary>The tenant is not part of the key of a cached answer.</summary>
    CacheWithoutTenant,

    /// <summary>All sessions of a client have one session at another server.</summary>
    SharedUpstream,

    /// <summary>A session serves every client that knows its id.</summary>
    NoOwnerCheck,

    /// <summary>The versions that a transaction read are not compared.</summary>
    WriteSkew,
}
