using ModelContextProtocol.Protocol;

namespace OrleansMcp.Tools;

/// <summary>
/// How long, and by whom, clients of 2026-07-28 may cache lists and resources (utilities/caching). A hint to clients, never access control.
/// </summary>
public sealed class ListCaching
{
    /// <summary>How long. Default: one minute.</summary>
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>By whom. Default: private to the user. Has no effect on a list that policies shorten, which is always private.</summary>
    public CacheScope Scope { get; set; } = CacheScope.Private;
}
