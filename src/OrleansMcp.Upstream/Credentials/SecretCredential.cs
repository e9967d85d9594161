using System.Globalization;
using OrleansMcp.Configuration.Upstreams;

namespace OrleansMcp.Upstream.Credentials;

/// <summary>A secret of the session, which its client put there or its operator named.</summary>
/// <param name="server">The server's name.</param>
/// <param name="credential">The header and its format.</param>
/// <param name="name">The secret's name.</param>
/// <param name="secrets">The session's secrets.</param>
internal sealed class SecretCredential(string server, UpstreamCredential credential, string name, IUpstreamSecrets secrets) : HeaderCredential(credential, name, secrets)
{
    public override TResult Use<TState, TResult>(TState state, Func<ReadOnlySpan<byte>, TState, TResult> read) =>
        Secrets.Use(Name, 0, static (secret, _) => CanStandInHeader(secret))
            ? Secrets.Use(Name, state, read)
            : throw new UpstreamException(server, UpstreamFault.Unauthorized, $"needs the secret '{Name}' in a header, and it has bytes that no header may have.") { Secret = Name };

    public override ValueTask<int> PrepareAsync(IUpstreamExchange? exchange, CancellationToken cancellationToken) =>
        IsHeld ? new(0) : throw new SecretUnavailableException(Name);

    public override UpstreamException Refused(int status) => new(server, UpstreamFault.Unauthorized, string.Create(
        CultureInfo.InvariantCulture, $"did not accept the session's secret '{Name}' (HTTP {status}).")) { Secret = Name };
}
