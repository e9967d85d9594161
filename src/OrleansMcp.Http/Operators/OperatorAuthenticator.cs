using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Configuration;
using OrleansMcp.Http.Admission.Callers;

namespace OrleansMcp.Http.Operators;

/// <summary>
/// Authenticates operators by their keys: bearer credentials (RFC 6750, header only), of which the configuration has hashes. Keys and
/// tokens of clients are not accepted here, and keys of operators not for sessions.
/// </summary>
internal sealed class OperatorAuthenticator(IConfigurationSource configuration)
{
    /// <summary>Whether operators are configured.</summary>
    public bool IsServed => configuration.Current.Operators.Count > 0;

    /// <summary>The operator's id, or null.</summary>
    public string? Find(HttpRequest request)
    {
        Span<byte> hash = stackalloc byte[KeyHash.Size];
        if (!KeyHash.TryCompute(BearerCredential.Of(request), hash))
        {
            return null;
        }

        string? found = null;
        foreach (var one in configuration.Current.Operators)
        {
            if (CryptographicOperations.FixedTimeEquals(one.Sha256.Span, hash))
            {
                found = one.Id;
            }
        }

        return found;
    }
}
