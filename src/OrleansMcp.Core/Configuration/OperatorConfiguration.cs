namespace OrleansMcp.Configuration;

/// <summary>Somebody who may list sessions, end them and take permissions away from them. An operator is no client and calls nothing.</summary>
/// <param name="Id">Names the operator in the audit.</param>
/// <param name="Sha256">SHA-256 of the operator's key, 32 bytes. No client has the same key.</param>
public sealed record OperatorConfiguration(string Id, ReadOnlyMemory<byte> Sha256);
