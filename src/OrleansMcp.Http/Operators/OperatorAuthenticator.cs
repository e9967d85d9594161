using System.Security.Cryptography;
using System.Text;
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
    private const int MaxKeyLength = 256;

    /// <summary>Whether operators are configured.</summary>
    public bool IsServed => configuration.Current.Operators.Count > 0;

    /// <summary>The operator's id, or null.</summary>
    public string? Find(HttpRequest request)
    {
        var presented = BearerCredential.Of(request);
        if (presented.Length is 0 or > MaxKeyLength)
        {
            return null;
        }

        Span<byte> key = stackalloc byte[MaxKeyLength * 3];
        var length = Encoding.UTF8.GetBytes(presented, key);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key[..length], hash);
        CryptographicOperations.ZeroMemory(key[..length]);
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
