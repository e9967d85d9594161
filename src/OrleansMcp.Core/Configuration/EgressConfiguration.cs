namespace OrleansMcp.Configuration;

/// <summary>Where the tools of a client may send HTTP requests. Default: nowhere.</summary>
public sealed record EgressConfiguration
{
    /// <summary>The rules; the first that names the target counts.</summary>
    public IReadOnlyList<EgressRule> Allow { get; init; } = [];
}

/// <summary>A target that is allowed.</summary>
/// <param name="Host">A host name or address, or <c>*.</c> and a name for every host below it (not the name itself).</param>
/// <param name="Port">The port; null for the scheme's own.</param>
/// <param name="Http">Whether plain HTTP is allowed beside HTTPS.</param>
/// <param name="Private">Whether the name may lead to a private, loopback or link-local address. Never together with a wildcard.</param>
public sealed record EgressRule(string Host, int? Port = null, bool Http = false, bool Private = false);

/// <summary>How many tool calls a process runs at once, and how many may wait.</summary>
public sealed record SchedulerConfiguration
{
    /// <summary>
    /// Calls that compute at the same time; what awaits something does not count. Default: four for each core, at least 8.
    /// </summary>
    public int MaxRunning { get; init; } = Math.Max(8, 4 * Environment.ProcessorCount);

    /// <summary>Calls of one tenant that wait for their turn. Default 1000.</summary>
    public int MaxQueuedPerTenant { get; init; } = 1000;
}
