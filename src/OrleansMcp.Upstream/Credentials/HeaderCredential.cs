using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Configuration.Upstreams;

namespace OrleansMcp.Upstream.Credentials;

/// <summary>
/// A secret of one session in a header of its requests. Requests carry a placeholder, which is replaced by the secret's bytes where the request meets the
/// connection's stream (<see cref="CredentialStream"/>): the secret never becomes a string.
/// </summary>
internal sealed class HeaderCredential
{
    // Begins with a character that neither the head nor the body of a request ends with: what looks like its beginning is always followed by more.
    private const char Begin = '~';

    private readonly IUpstreamSecrets _secrets;
    private readonly string _server;
    private readonly string _name;

    /// <param name="server">The server's name.</param>
    /// <param name="credential">The header and its format.</param>
    /// <param name="name">The secret's name.</param>
    /// <param name="secrets">The session's secrets.</param>
    public HeaderCredential(string server, UpstreamCredential credential, string name, IUpstreamSecrets secrets)
    {
        (_server, _name, _secrets) = (server, name, secrets);
        var placeholder = Begin + RandomNumberGenerator.GetHexString(32, lowercase: true);
        Placeholder = Encoding.ASCII.GetBytes(placeholder);
        Header = credential.Header;
        Value = credential.Format.Replace(UpstreamCredential.Place, placeholder, StringComparison.Ordinal);
    }

    /// <summary>The header's name.</summary>
    public string Header { get; }

    /// <summary>The header's value, with the placeholder.</summary>
    public string Value { get; }

    /// <summary>What stands for the secret. Random, so that no client and no server can write it.</summary>
    public ReadOnlyMemory<byte> Placeholder { get; }

    /// <summary>Lets <paramref name="read"/> see the secret.</summary>
    /// <exception cref="SecretUnavailableException">The session does not hold it.</exception>
    /// <exception cref="UpstreamException">It cannot stand in a header.</exception>
    public TResult Use<TState, TResult>(TState state, Func<ReadOnlySpan<byte>, TState, TResult> read)
    {
        // RFC 9110, section 5.5: a line break would end the header.
        return _secrets.Use(_name, 0, static (secret, _) => !secret.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            ? _secrets.Use(_name, state, read)
            : throw new UpstreamException(_server, UpstreamFault.Unauthorized, $"needs the secret '{_name}' in a header, and it has bytes that no header may have.");
    }

    /// <summary>Puts a <see cref="CredentialStream"/> onto a connection.</summary>
    public ValueTask<Stream> FilterAsync(SocketsHttpPlaintextStreamFilterContext context, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<Stream>(cancellationToken)
            : new(new CredentialStream(context.PlaintextStream, this));
}
