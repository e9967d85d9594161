namespace OrleansMcp.Secrets.References;

/// <summary>Reads secrets from one kind of place.</summary>
public interface ISecretSource
{
    /// <summary>What references call it: <c>env</c>, <c>file</c>, <c>keyVault</c>.</summary>
    string Name { get; }

    /// <summary>Reads a secret into a buffer of <see cref="SecretBuffer.Allocate"/>, which belongs to the caller.</summary>
    /// <param name="location">The place.</param>
    /// <param name="maxBytes">The longest secret that is of use.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SecretSourceException">It cannot be read. The message never quotes it.</exception>
    ValueTask<byte[]> ReadAsync(string location, int maxBytes, CancellationToken cancellationToken);
}

/// <summary>A secret could not be read from its place.</summary>
public sealed class SecretSourceException : Exception
{
    /// <param name="message">Why. Must not quote the secret.</param>
    public SecretSourceException(string message) : base(message)
    {
    }

    /// <param name="message">Why. Must not quote the secret.</param>
    /// <param name="innerException">What the place said.</param>
    public SecretSourceException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
