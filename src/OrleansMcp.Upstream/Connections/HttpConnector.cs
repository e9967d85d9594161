using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Quotas.Egress;
using OrleansMcp.Upstream.Credentials;

namespace OrleansMcp.Upstream.Connections;

/// <summary>Connects sessions to servers over Streamable HTTP.</summary>
internal sealed class HttpConnector(TimeProvider time) : IUpstreamConnector, IDisposable
{
    private readonly EgressConnections _connections = new();
    private readonly EraMemory _eras = new(time);

    public IUpstreamConnection Connect(UpstreamConfiguration server, IUpstreamSession session)
    {
        var credential = server.Credential is { Secret: { } secret } given ? new HeaderCredential(server.Name, given, secret, session.Secrets) : null;
        var http = new HttpChannel(server, _connections, credential);
        return new HttpConnection(http, new SessionConversation(server, http, session, time), new SessionlessConversation(server, http, session, time), _eras, server.Url);
    }

    public void Dispose() => _connections.Dispose();
}
