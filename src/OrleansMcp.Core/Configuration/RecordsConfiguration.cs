namespace OrleansMcp.Configuration;

/// <summary>How large namespaces of records may get; what they hold counts against the quota <c>stateBytes</c> besides.</summary>
public sealed record RecordsConfiguration
{
    /// <summary>Namespaces of one client. Default 100.</summary>
    public int MaxNamespaces { get; init; } = 100;

    /// <summary>Records of one namespace; it is in memory as a whole while it is used. Default 10,000.</summary>
    public int MaxRecords { get; init; } = 10_000;

    /// <summary>Bytes of one namespace. Default 16 MiB.</summary>
    public int MaxBytes { get; init; } = 16 * 1024 * 1024;
}
