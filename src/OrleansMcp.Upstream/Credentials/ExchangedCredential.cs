using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Upstream.Exchanges;

namespace OrleansMcp.Upstream.Credentials;

/// <summary>
/// A token that was obtained for the caller's, and lies in the session's vault until it expires. Requests of the client bring the token that it is exchanged
/// for; what is sent outside of them uses what there is.
/// </summary>
internal sealed class ExchangedCredential : HeaderCredential
{
    private readonly SemaphoreSlim _turn = new(1, 1); // held while a token is exchanged
    private readonly UpstreamConfiguration _server;
    private readonly TokenExchange _exchange;
    private readonly TokenEndpoint _endpoint;
    private int _version; // of the token in the vault; changes in turn

    public ExchangedCredential(UpstreamConfiguration server, UpstreamCredential credential, TokenExchange exchange, TokenEndpoint endpoint, IUpstreamSecrets secrets)
        : base(credential, NameOf(server.Name, exchange), secrets) => (_server, _exchange, _endpoint) = (server, exchange, endpoint);

    public override TResult Use<TState, TResult>(TState state, Func<ReadOnlySpan<byte>, TState, TResult> read)
    {
        try
        {
            return Secrets.Use(Name, state, read);
        }
        catch (SecretUnavailableException e)
        {
            throw new UpstreamException(_server.Name, UpstreamFault.Unavailable, "got no request: the token for it has just expired.", e);
        }
    }

    public override ValueTask<int> PrepareAsync(IUpstreamExchange? exchange, CancellationToken cancellationToken)
    {
        var version = Volatile.Read(ref _version);
        return IsHeld ? new(version) : ObtainAsync(version, exchange, cancellationToken);
    }

    public override async ValueTask<bool> RenewAsync(int version, IUpstreamExchange? exchange, CancellationToken cancellationToken)
    {
        if (exchange is null)
        {
            return false;
        }

        await ObtainAsync(version, exchange, cancellationToken);
        return true;
    }

    public override UpstreamException Refused(int status) => new(_server.Name, UpstreamFault.Unauthorized, string.Create(
        CultureInfo.InvariantCulture, $"did not accept the token that was obtained for the caller's (HTTP {status})."));

    /// <summary>Exchanges the token of a request, unless another request did so since this version.</summary>
    private async ValueTask<int> ObtainAsync(int version, IUpstreamExchange? exchange, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_version != version && IsHeld)
            {
                return _version;
            }

            Secrets.Forget(Name);
            var obtained = await _endpoint.ExchangeAsync(_server, _exchange, exchange ?? throw NoRequest(), cancellationToken);
            Secrets.Keep(Name, obtained.Token, obtained.Lifetime);
            return ++_version;
        }
        finally
        {
            _turn.Release();
        }
    }

    private UpstreamException NoRequest() =>
        new(_server.Name, UpstreamFault.Unavailable, "is not asked outside of requests: there is no token for it at the moment.") { IsOfRequest = true };

    /// <summary>
    /// The token's name in the vault, which is none that a client or a tool can use (<see cref="SecretName"/>), and another one when it is exchanged otherwise.
    /// </summary>
    private static string NameOf(string server, TokenExchange exchange)
    {
        string?[] parts = [exchange.Endpoint.AbsoluteUri, exchange.Grant.ToString(), exchange.Audience, exchange.Scope, exchange.ClientId];
        return $"{server}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..16]}";
    }
}
