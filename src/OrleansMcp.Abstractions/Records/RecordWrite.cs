using System.Text.Json;

namespace OrleansMcp;

/// <summary>A version that a transaction rests on; 0: there is no such record.</summary>
/// <param name="Key">The record's key.</param>
/// <param name="Version">Its version as it was read.</param>
public sealed record RecordRead(string Key, long Version);

/// <summary>One write of a transaction.</summary>
/// <param name="Key">The record's key.</param>
/// <param name="Value">Its new value; null: it is deleted.</param>
/// <param name="Version">The version it must have by then, 0 for none; null: whichever.</param>
public sealed record RecordWrite(string Key, JsonElement? Value, long? Version = null);
