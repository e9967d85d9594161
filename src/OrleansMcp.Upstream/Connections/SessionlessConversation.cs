using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Protocol;
using OrleansMcp.Upstream.Messages;

namespace OrleansMcp.Upstream.Connections;

/// <summary>Requests to a server of 2026-07-28, which describe themselves. The server has no session; what it is to be told changes of, it is asked for.</summary>
internal sealed class SessionlessConversation(UpstreamConfiguration server, HttpChannel http, IUpstreamSession session) : Conversation(server, http, session)
{
    private UpstreamGreeting? _greeting;

    public override UpstreamGreeting Greeting => _greeting ?? throw new InvalidOperationException("The connection is not open.");

    /// <summary>Asks the server what it can do (2026-07-28, server/discover). False when it does not speak this revision.</summary>
    /// <exception cref="UpstreamException">The server cannot be used.</exception>
    public async Task<bool> TryOpenAsync(IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        try
        {
            using var result = await RequestAsync(new UpstreamPlainRequest(RequestMethods.ServerDiscover, []), exchange, cancellationToken);
            _greeting = GreetingReader.OfDiscover(Server.Name, result.Value);
            return _greeting is not null;
        }
        catch (UpstreamErrorException)
        {
            return false; // A server of the other era knows no such method, or misses its session.
        }
        catch (UpstreamException e) when (e.Fault is UpstreamFault.Invalid or UpstreamFault.Unavailable && e.InnerException is null)
        {
            return false; // It answered, and not as this revision says.
        }
    }

    protected override async Task<MessageStream> SendAsync(long id, UpstreamRequest request, IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        var message = MessageWriter.Request(id, request, exchange, ProtocolMeta.Write);
        var response = await Http.PostAsync(message, new(ProtocolVersions.July2026, Request: request), exchange, acceptsErrors: true, cancellationToken);
        return await OpenAsync(response, exchange, cancellationToken);
    }
}
