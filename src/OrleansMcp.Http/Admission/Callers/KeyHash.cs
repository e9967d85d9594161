using System.Security.Cryptography;
using System.Text;

namespace OrleansMcp.Http.Admission.Callers;

/// <summary>The hash of a presented key, as the configuration has them: SHA-256 over the key in UTF-8.</summary>
internal static class KeyHash
{
    private const int MaxKeyLength = 256;

    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>Hashes a presented key and zeroes what was hashed. False for a key that is empty or longer than keys are.</summary>
    /// <param name="presented">The key.</param>
    /// <param name="hash">Gets the hash, <see cref="Size"/> bytes.</param>
    public static bool TryCompute(ReadOnlySpan<char> presented, Span<byte> hash)
    {
        if (presented.Length is 0 or > MaxKeyLength)
        {
            return false;
        }

        Span<byte> key = stackalloc byte[MaxKeyLength * 3];
        var length = Encoding.UTF8.GetBytes(presented, key);
        SHA256.HashData(key[..length], hash);
        CryptographicOperations.ZeroMemory(key[..length]);
        return true;
    }
}
