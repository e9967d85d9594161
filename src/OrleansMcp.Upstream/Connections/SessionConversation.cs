using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Protocol;
using OrleansMcp.Upstream.Messages;

namespace OrleansMcp.Upstream.Connections;

/// <summary>A session at a server of the revisions up to 2025-11-25.</summary>
internal sealed class SessionConversation : Conversation
{
    private const int MaxResumptions = 32;
    private const int MaxAnswers = 16;
    private static readonly TimeSpan s_brief = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);

    private readonly HashSet<string> _watched = new(StringComparer.Ordinal); // changed by one caller at a time
    private UpstreamGreeting? _greeting;
    private string? _sessionId;
    private Task _listening = Task.CompletedTask;
    private int _answering; // requests of the server that are not answered yet

    public SessionConversation(UpstreamConfiguration server, HttpChannel http, IUpstreamSession session, TimeProvider time)
        : base(server, http, session, time)
    {
    }

    public override UpstreamGreeting Greeting => _greeting ?? throw new InvalidOperationException("The connection is not open.");

    private ConversationHeaders Headers => new(_greeting?.ProtocolVersion, _sessionId);

    /// <summary>Begins the session (2025-11-25, basic/lifecycle).</summary>
    /// <exception cref="UpstreamException">The server cannot be used.</exception>
    /// <exception cref="UpstreamErrorException">It refused.</exception>
    public async Task OpenAsync(IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        using (var result = await RequestAsync(new InitializeRequest(exchange), exchange, cancellationToken))
        {
            _greeting = GreetingReader.OfInitialize(Server.Name, result.Value);
        }

        using var response = await Http.PostAsync(MessageWriter.Notification(NotificationMethods.InitializedNotification), Headers, exchange, acceptsErrors: false, cancellationToken);
        if (_greeting.Capabilities.Logging is not null && exchange.SessionLogLevel is { } level)
        {
            using var set = await RequestAsync(new UpstreamPlainRequest(RequestMethods.LoggingSetLevel, new() { ["level"] = Introduction.NameOf(level) }), exchange, cancellationToken);
        }

        _listening = KeepListeningAsync((lastEventId, ending) => Http.ListenAsync(Headers, lastEventId, exchange: null, ending), begun: null, Closed);
    }

    public override async Task<bool> CloseAsync(CancellationToken cancellationToken)
    {
        var isEnded = true;
        if (_sessionId is not null)
        {
            try
            {
                isEnded = await Http.DeleteAsync(Headers, cancellationToken);
            }
            catch (Exception e) when (e is UpstreamException or SecretUnavailableException or IOException or OperationCanceledException)
            {
                isEnded = false;
            }
        }

        await base.CloseAsync(cancellationToken);
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return isEnded;
    }

    public override async Task WatchAsync(IReadOnlyCollection<string> uris, IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        foreach (var uri in _watched.Except(uris, StringComparer.Ordinal).ToArray())
        {
            using var left = await RequestAsync(new UpstreamPlainRequest(RequestMethods.ResourcesUnsubscribe, new() { ["uri"] = uri }), exchange, cancellationToken);
            _watched.Remove(uri);
        }

        foreach (var uri in uris.Except(_watched, StringComparer.Ordinal).ToArray())
        {
            using var begun = await RequestAsync(new UpstreamPlainRequest(RequestMethods.ResourcesSubscribe, new() { ["uri"] = uri }), exchange, cancellationToken);
            _watched.Add(uri);
        }
    }

    public override async ValueTask NotifyAsync(string method, CancellationToken cancellationToken) =>
        await PostAsync(MessageWriter.Notification(method), cancellationToken);

    protected override async Task<MessageStream> SendAsync(long id, UpstreamRequest request, IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        var message = MessageWriter.Request(id, request, exchange, writeMeta: null);
        var response = await Http.PostAsync(message, Headers, exchange, acceptsErrors: true, cancellationToken);
        if (_greeting is null && response.Headers.TryGetValues("Mcp-Session-Id", out var ids) && ids.FirstOrDefault() is { } sessionId)
        {
            // 2025-11-25, transports, Session Management.
            _sessionId = sessionId.Length > 0 && !sessionId.AsSpan().ContainsAnyExceptInRange('!', '~') ? sessionId
                : throw new UpstreamException(Server.Name, UpstreamFault.Invalid, "gave its session an id that the protocol does not allow.");
        }

        return Open(response, exchange);
    }

    /// <summary>
    /// A server may end the stream of a request at any time, to be asked again for what followed the last event (2025-11-25, transports, Resumability).
    /// </summary>
    protected override async Task<UpstreamResult> ResumeAsync(MessageStream ended, long id, IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        var (lastEventId, pause) = (ended.LastEventId, ended.Retry);
        for (var attempt = 0; lastEventId.Length > 0 && attempt < MaxResumptions; attempt++)
        {
            await Task.Delay(pause < s_longestPause ? pause : s_longestPause, Time, cancellationToken);
            if (await Http.ListenAsync(Headers, lastEventId, exchange, cancellationToken) is not { } response)
            {
                break;
            }

            await using var messages = Open(response, exchange);
            if (await ReadAnswerAsync(messages, id, exchange, cancellationToken) is { } result)
            {
                return result;
            }

            lastEventId = messages.LastEventId.Length > 0 ? messages.LastEventId : lastEventId;
        }

        throw Lost(innerException: null);
    }

    /// <summary>Tells the server that nobody waits for an answer any more (basic/utilities/cancellation).</summary>
    protected override void Cancelled(long id) =>
        _ = PostAsync(MessageWriter.Notification(NotificationMethods.CancelledNotification, writer => writer.WriteNumber("requestId"u8, id)), CancellationToken.None);

    protected override void Answer(UpstreamMessage request, IUpstreamExchange? exchange) => _ = AnswerAsync(request, exchange);

    private async Task AnswerAsync(UpstreamMessage request, IUpstreamExchange? exchange)
    {
        using (request)
        {
            var count = Interlocked.Increment(ref _answering);
            try
            {
                var answer = count > MaxAnswers
                    ? MessageWriter.Response(request.Id, default, RpcError.Refused, "Too many requests at a time.")
                    : await AnswerOfAsync(request, exchange);
                await PostAsync(answer, CancellationToken.None);
            }
            finally
            {
                Interlocked.Decrement(ref _answering);
            }
        }
    }

    private async Task<ReadOnlyMemory<byte>> AnswerOfAsync(UpstreamMessage request, IUpstreamExchange? exchange)
    {
        var (method, parameters) = (request.Method!, request.Params);
        try
        {
            if (method == RequestMethods.Ping)
            {
                return MessageWriter.Response(request.Id, JsonElement.Parse("{}"u8), 0, error: null);
            }

            var result = exchange is null
                ? await Session.AskAsync(method, parameters, Closed)
                : await exchange.AskAsync(method, parameters, Closed);
            return MessageWriter.Response(request.Id, result, 0, error: null);
        }
        catch (McpProtocolException e)
        {
            return MessageWriter.Response(request.Id, default, (int)e.ErrorCode, e.Message);
        }
        catch (Exception e) when (e is McpException or OperationCanceledException or QuotaExceededException)
        {
            return MessageWriter.Response(request.Id, default, RpcError.Refused, e is McpException ? e.Message : "The client did not answer.");
        }
    }

    /// <summary>Sends a message that gets no answer. What goes wrong with it shows in the requests it belongs to.</summary>
    private async Task PostAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        using var brief = new CancellationTokenSource(s_brief, Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(brief.Token, Closed, cancellationToken);
        try
        {
            using var response = await Http.PostAsync(message, Headers, exchange: null, acceptsErrors: true, both.Token);
        }
        catch (Exception e) when (e is UpstreamException or SecretUnavailableException or IOException or HttpRequestException or OperationCanceledException)
        {
            // Nothing waits for it.
        }
    }

    /// <summary><c>initialize</c>.</summary>
    private sealed class InitializeRequest(IUpstreamExchange exchange) : UpstreamRequest(RequestMethods.Initialize)
    {
        public override void WriteParams(Utf8JsonWriter writer)
        {
            writer.WriteString("protocolVersion"u8, ProtocolVersions.November2025);
            writer.WritePropertyName("capabilities"u8);
            JsonSerializer.Serialize(writer, Introduction.Part(exchange.SessionCapabilities), McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ClientCapabilities)));
            writer.WritePropertyName("clientInfo"u8);
            JsonSerializer.Serialize(writer, Introduction.ClientInfo, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(Implementation)));
        }
    }
}
