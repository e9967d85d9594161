using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Quotas.Egress;
using OrleansMcp.Secrets.References;
using OrleansMcp.Upstream.Credentials;
using OrleansMcp.Upstream.Exchanges;

namespace OrleansMcp.Upstream.Connections;

/// <summary>Connects sessions to servers over Streamable HTTP.</summary>
internal sealed class HttpConnector : IUpstreamConnector, IDisposable
{
    private readonly EgressConnections _connections = new();
    private readonly EraMemory _eras;
    private readonly TokenEndpoint _tokens;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="sources">Where secrets lie by which this server is known to token endpoints.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told what goes wrong.</param>
    public HttpConnector(IEnumerable<ISecretSource> sources, TimeProvider time, ILogger<HttpConnector> logger)
    {
        (_time, _eras, _logger) = (time, new EraMemory(time), logger);
        _tokens = new TokenEndpoint(_connections, [.. sources], time, logger);
    }

    public IUpstreamConnection Connect(UpstreamConfiguration server, IUpstreamSession session)
    {
        var credential = CredentialOf(server, session.Secrets);
        var http = new HttpChannel(server, _connections, credential, credential is null ? null : new CredentialGuard(server.Name, credential, _logger));
        return new HttpConnection(http, new SessionConversation(server, http, session, _time), new SessionlessConversation(server, http, session, _time), _eras, server.Url);
    }

    private HeaderCredential? CredentialOf(UpstreamConfiguration server, IUpstreamSecrets secrets) => server.Credential switch
    {
        { Secret: { } secret } credential => new SecretCredential(server.Name, credential, secret, secrets),
        { Exchange: { } exchange } credential => new ExchangedCredential(server, credential, exchange, _tokens, secrets),
        _ => null,
    };

    public void Dispose() => _connections.Dispose();
}
