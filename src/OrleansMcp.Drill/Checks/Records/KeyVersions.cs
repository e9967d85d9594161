using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks.Records;

/// <summary>A version of a key, with the transaction that installed it.</summary>
internal readonly record struct InstalledVersion(long Version, Transaction Writer, Write Write);

/// <summary>The version of a key that a transaction observed.</summary>
/// <param name="Key">The key.</param>
/// <param name="Version">The version in force: of a record, or of its deletion; 0 before the first.</param>
internal readonly record struct ObservedVersion(string Key, long Version);
