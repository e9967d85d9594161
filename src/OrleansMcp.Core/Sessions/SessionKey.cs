using System.Security.Cryptography;
using System.Text;

namespace OrleansMcp.Sessions;

/// <summary>
/// The identity of a session actor, and nothing more: knowing it grants no access. Built from the random nonce of a
/// session id (<c>s-</c> and 32 hex digits) or, for clients of protocol 2026-07-28, which have no sessions,
/// from a hash of tenant, client and subject (<c>p-</c> and 32 hex digits). Safe as a file name and as a grain key.
/// </summary>
public readonly record struct SessionKey(string Value)
{
    /// <summary>True when the actor belongs to a principal instead of a session that was opened.</summary>
    public bool IsPrincipal => Value.StartsWith("p-", StringComparison.Ordinal);

    /// <summary>
    /// Tells sessions apart in logs, replies and towards operators: 12 hex digits of a hash, so that it gives away nothing of the session id.
    /// </summary>
    public string Name => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Value)).AsSpan(0, 6));

    /// <inheritdoc/>
    public override string ToString() => Value;
}
