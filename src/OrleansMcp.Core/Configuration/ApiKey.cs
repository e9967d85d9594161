using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OrleansMcp.Configuration;

/// <summary>Makes API keys and their hashes.</summary>
public static class ApiKey
{
    /// <summary>Begins every key, so that scanners for leaked secrets can know one.</summary>
    public const string Prefix = "omcp_";

    /// <summary>A new key of 256 random bits.</summary>
    public static string Generate() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What the configuration holds of a key: SHA-256 of its UTF-8 bytes.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
