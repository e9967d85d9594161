using System.Security.Cryptography;
using System.Text;

namespace OrleansMcp.Secrets.References;

/// <summary>
/// Secrets in environment variables, as UTF-8. The process's environment itself cannot be erased: it holds them as long as the process
/// lives. Files are the better place.
/// </summary>
internal sealed class EnvironmentSecrets : ISecretSource
{
    private const string Block = "/proc/self/environ";

    public string Name => "env";

    public ValueTask<byte[]> ReadAsync(string location, int maxBytes, CancellationToken cancellationToken)
    {
        var secret = File.Exists(Block) ? FromBlock(location) : FromString(location);
        if (secret is null || secret.Length == 0)
        {
            throw new SecretSourceException("The environment variable is not set.");
        }

        if (secret.Length > maxBytes)
        {
            CryptographicOperations.ZeroMemory(secret);
            throw new SecretSourceException($"The environment variable is longer than a secret may be ({maxBytes} bytes).");
        }

        return new(secret);
    }

    /// <summary>Reads the environment of the process as bytes (Linux), because a string with the secret could not be erased.</summary>
    private static byte[]? FromBlock(string variable)
    {
        var block = ReadBlock();
        try
        {
            return Find(block, Encoding.UTF8.GetBytes(variable + "="));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(block);
        }
    }

    private static byte[] ReadBlock()
    {
        using var file = File.OpenHandle(Block);
        var block = SecretBuffer.Allocate(64 * 1024);
        var length = 0;
        while (RandomAccess.Read(file, block.AsSpan(length), length) is > 0 and var more)
        {
            length += more;
            if (length == block.Length)
            {
                var larger = SecretBuffer.Allocate(block.Length * 2);
                block.CopyTo(larger, 0);
                CryptographicOperations.ZeroMemory(block);
                block = larger;
            }
        }

        return block;
    }

    private static byte[]? Find(ReadOnlySpan<byte> block, ReadOnlySpan<byte> prefix)
    {
        while (!block.IsEmpty)
        {
            var end = block.IndexOf((byte)0);
            var entry = end < 0 ? block : block[..end];
            if (entry.StartsWith(prefix))
            {
                var secret = SecretBuffer.Allocate(entry.Length - prefix.Length);
                entry[prefix.Length..].CopyTo(secret);
                return secret;
            }

            block = end < 0 ? default : block[(end + 1)..];
        }

        return null;
    }

    private static byte[]? FromString(string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is not { } text)
        {
            return null;
        }

        var secret = SecretBuffer.Allocate(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, secret);
        return secret;
    }
}
