namespace OrleansMcp.Secrets.References;

/// <summary>Secrets in files: every byte of the file is the secret's, a line break at its end as well.</summary>
internal sealed class FileSecrets : ISecretSource
{
    public string Name => "file";

    public async ValueTask<byte[]> ReadAsync(string location, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            using var file = File.OpenHandle(location, options: FileOptions.Asynchronous);
            var length = RandomAccess.GetLength(file);
            if (length is 0 || length > maxBytes)
            {
                throw new SecretSourceException(length is 0 ? "The file is empty." : $"The file is longer than a secret may be ({maxBytes} bytes).");
            }

            // Read without a stream: nothing on the way keeps a copy.
            var secret = SecretBuffer.Allocate((int)length);
            await FillAsync(file, secret, cancellationToken);
            return secret;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new SecretSourceException("The file cannot be read.", e);
        }
    }

    private static async ValueTask FillAsync(Microsoft.Win32.SafeHandles.SafeFileHandle file, byte[] secret, CancellationToken cancellationToken)
    {
        var read = 0;
        while (read < secret.Length)
        {
            var more = await RandomAccess.ReadAsync(file, secret.AsMemory(read), read, cancellationToken);
            if (more == 0)
            {
                System.Security.Cryptography.CryptographicOperations.ZeroMemory(secret);
                throw new SecretSourceException("The file was cut short while it was read.");
            }

            read += more;
        }
    }
}
