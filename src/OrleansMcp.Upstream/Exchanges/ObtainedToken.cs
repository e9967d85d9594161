namespace OrleansMcp.Upstream.Exchanges;

/// <summary>A token that a token endpoint gave.</summary>
/// <param name="Token">The token in a pinned buffer, which belongs to the receiver.</param>
/// <param name="Lifetime">How long it is used.</param>
internal readonly record struct ObtainedToken(byte[] Token, TimeSpan Lifetime);
