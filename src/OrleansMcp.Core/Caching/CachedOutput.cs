namespace OrleansMcp.Caching;

/// <summary>A kept result.</summary>
/// <param name="Result">The tool's result as JSON.</param>
/// <param name="Age">How long ago it was kept.</param>
public sealed record CachedOutput(ReadOnlyMemory<byte> Result, TimeSpan Age);
