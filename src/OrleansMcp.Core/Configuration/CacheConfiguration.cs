using OrleansMcp.Caching;

namespace OrleansMcp.Configuration;

/// <summary>Which results of tools are kept to answer the same call again, and how much of them each tenant keeps.</summary>
public sealed record CacheConfiguration
{
    /// <summary>Results kept at a time, per tenant. Default 1000.</summary>
    public int MaxEntries { get; init; } = 1000;

    /// <summary>Bytes kept at a time, per tenant; each entry counts half a KiB more than its result. Default 16 MiB.</summary>
    public int MaxBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The largest result that is kept, bytes. Default 64 KiB.</summary>
    public int MaxEntryBytes { get; init; } = 64 * 1024;

    /// <summary>What the operator says about tools, by their names; for others counts what their authors say.</summary>
    public IReadOnlyDictionary<string, ToolCacheConfiguration> Tools { get; init; } = new Dictionary<string, ToolCacheConfiguration>();
}

/// <summary>How the results of one tool are kept.</summary>
/// <param name="TimeToLive">For how long; zero: not at all.</param>
/// <param name="Scope">Whom they may answer; null: whom the tool's author says, else the client.</param>
public sealed record ToolCacheConfiguration(TimeSpan TimeToLive, CacheSharing? Scope = null);
