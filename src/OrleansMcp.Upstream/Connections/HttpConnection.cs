using OrleansMcp.Upstream.Messages;

namespace OrleansMcp.Upstream.Connections;

/// <summary>A connection over Streamable HTTP, in the era that the server turns out to be of.</summary>
internal sealed class HttpConnection(HttpChannel http, SessionConversation sessions, SessionlessConversation sessionless, EraMemory eras, Uri url) : IUpstreamConnection
{
    private volatile Conversation? _conversation;
    private volatile bool _isClosed;

    public UpstreamGreeting Greeting => Open.Greeting;

    public bool IsLost => _isClosed || _conversation?.IsLost == true;

    private Conversation Open => _conversation ?? throw new InvalidOperationException("The connection is not open.");

    public async Task OpenAsync(IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        if (!eras.HasSessions(url) && await sessionless.TryOpenAsync(exchange, cancellationToken))
        {
            _conversation = sessionless;
            return;
        }

        _conversation = sessions; // Before it is open, so that closing ends a session that was begun.
        try
        {
            await sessions.OpenAsync(exchange, cancellationToken);
            eras.Remember(url);
        }
        catch (UpstreamErrorException e)
        {
            eras.Forget(url);
            throw new UpstreamException(e.Server, UpstreamFault.Unavailable, "did not begin a session.", e);
        }
    }

    public ValueTask<UpstreamResult> RequestAsync(UpstreamRequest request, IUpstreamExchange exchange, CancellationToken cancellationToken) =>
        Open.RequestAsync(request, exchange, cancellationToken);

    public Task WatchAsync(IReadOnlyCollection<string> uris, IUpstreamExchange exchange, CancellationToken cancellationToken) =>
        Open.WatchAsync(uris, exchange, cancellationToken);

    public ValueTask NotifyAsync(string method, CancellationToken cancellationToken) => Open.NotifyAsync(method, cancellationToken);

    public Task<bool> CloseAsync(CancellationToken cancellationToken)
    {
        _isClosed = true;
        if (_conversation is { } conversation)
        {
            return conversation.CloseAsync(cancellationToken);
        }

        http.Dispose();
        return Task.FromResult(true);
    }
}
