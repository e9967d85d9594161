using System.Text;
using OrleansMcp.Configuration.Upstreams;

namespace OrleansMcp.Upstream.Credentials;

/// <summary>
/// The credential of one session in a header of its requests. Requests carry a placeholder, which is replaced by the credential's bytes where the request
/// meets the connection's stream (<see cref="CredentialStream"/>): it never becomes a string.
/// </summary>
internal abstract class HeaderCredential : ISubstitution
{
    /// <param name="credential">The header and its format.</param>
    /// <param name="name">What the vault calls it.</param>
    /// <param name="secrets">The session's vault.</param>
    protected HeaderCredential(UpstreamCredential credential, string name, IUpstreamSecrets secrets)
    {
        (Name, Secrets) = (name, secrets);
        var placeholder = Credentials.Placeholder.New();
        Placeholder = Encoding.ASCII.GetBytes(placeholder);
        Header = credential.Header;
        Value = credential.Format.Replace(UpstreamCredential.Place, placeholder, StringComparison.Ordinal);
    }

    /// <summary>The header's name.</summary>
    public string Header { get; }

    /// <summary>The header's value, with the placeholder.</summary>
    public string Value { get; }

    public ReadOnlyMemory<byte> Placeholder { get; }

    /// <summary>What the vault calls it.</summary>
    protected string Name { get; }

    /// <summary>The session's vault.</summary>
    protected IUpstreamSecrets Secrets { get; }

    /// <summary>Whether the session holds it.</summary>
    protected bool IsHeld => Secrets.Has(Name);

    /// <summary>Whether a message contains it.</summary>
    public bool IsIn(ReadOnlySpan<byte> message)
    {
        try
        {
            return IsHeld && Secrets.Use(Name, message, static (secret, message) => EchoSearch.Contains(message, secret));
        }
        catch (SecretUnavailableException)
        {
            return false; // It has gone in between.
        }
    }

    /// <inheritdoc/>
    /// <exception cref="SecretUnavailableException">The session does not hold it.</exception>
    /// <exception cref="UpstreamException">It cannot be sent.</exception>
    public abstract TResult Use<TState, TResult>(TState state, Func<ReadOnlySpan<byte>, TState, TResult> read);

    /// <summary>Makes the credential ready, before a request is sent with it.</summary>
    /// <param name="exchange">For which request of the client; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Which one it is, for <see cref="RenewAsync"/>.</returns>
    /// <exception cref="SecretUnavailableException">The session does not hold it.</exception>
    /// <exception cref="UpstreamException">It cannot be had.</exception>
    public abstract ValueTask<int> PrepareAsync(IUpstreamExchange? exchange, CancellationToken cancellationToken);

    /// <summary>Gets another one, because the server did not accept this. False when there is no other.</summary>
    /// <param name="version">Which one was not accepted.</param>
    /// <param name="exchange">For which request of the client; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="UpstreamException">It cannot be had.</exception>
    public virtual ValueTask<bool> RenewAsync(int version, IUpstreamExchange? exchange, CancellationToken cancellationToken) => new(false);

    /// <summary>The server did not accept the credential.</summary>
    public abstract UpstreamException Refused(int status);

    /// <summary>Puts a <see cref="CredentialStream"/> onto a connection.</summary>
    public ValueTask<Stream> FilterAsync(SocketsHttpPlaintextStreamFilterContext context, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<Stream>(cancellationToken)
            : new(new CredentialStream(context.PlaintextStream, this));

    /// <summary>Whether bytes can stand in a header: a line break would end it (RFC 9110, section 5.5).</summary>
    protected static bool CanStandInHeader(ReadOnlySpan<byte> value) => !value.ContainsAnyExceptInRange((byte)' ', (byte)'~');
}
