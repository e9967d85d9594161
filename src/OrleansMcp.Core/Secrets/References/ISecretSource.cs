namespace OrleansMcp.Secrets.References;

/// <summary>
/// Reads secrets from one kind of place. An application registers its own as a singleton <see cref="ISecretSource"/>; the configuration's
/// section <c>secrets</c> then accepts its <see cref="Name"/> beside <c>env</c>, <c>file</c> and <c>keyVault</c>.
/// </summary>
public interface ISecretSource
{
    /// <summary>What references call it, such as <c>env</c>. No two sources have the same name.</summary>
    string Name { get; }

    /// <summary>Why <paramref name="location"/> can be no place of this source, as a sentence for the operator; null when it can be one.</summary>
    string? Objection(string location) => null;

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
