using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks.Records;

/// <summary>A version of a key, and who installed it.</summary>
internal readonly record struct Installed(long Version, Transaction Writer, Write Write);

/// <summary>What a transaction found of a key.</summary>
/// <param name="Key">The key.</param>
/// <param name="After">The version in force: of a record, or of its deletion; 0 before the first.</param>
internal readonly record struct Found(string Key, long After);
