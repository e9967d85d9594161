using System.Text.Json;

namespace OrleansMcp;

/// <summary>A version that must be current when a transaction is made; 0: there must be no such record.</summary>
/// <param name="Key">The record's key.</param>
/// <param name="Version">The version that the tool has read.</param>
public sealed record RecordRead(string Key, long Version);

/// <summary>One write of a transaction.</summary>
/// <param name="Key">The record's key.</param>
/// <param name="Value">The new value; null to delete the record.</param>
/// <param name="Version">The version that the record must have, 0 for no record; null: any.</param>
public sealed record RecordWrite(string Key, JsonElement? Value, long? Version = null);
