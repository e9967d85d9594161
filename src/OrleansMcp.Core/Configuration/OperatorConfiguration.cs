namespace OrleansMcp.Configuration;

/// <summary>An operator, who may list and end sessions and revoke permissions of them. An operator is not a client and cannot call tools.</summary>
/// <param name="Id">Names the operator in the audit.</param>
/// <param name="Sha256">SHA-256 of the operator's key, 32 bytes. No client has the same key.</param>
public sealed record OperatorConfiguration(string Id, ReadOnlyMemory<byte> Sha256);
