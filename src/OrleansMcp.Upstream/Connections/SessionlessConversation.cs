using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Protocol;
using OrleansMcp.Secrets.Callers;
using OrleansMcp.Upstream.Messages;

namespace OrleansMcp.Upstream.Connections;

/// <summary>Requests to a server of 2026-07-28, which describe themselves. The server has no session; what it is to be told changes of, it is asked for.</summary>
internal sealed class SessionlessConversation(UpstreamConfiguration server, HttpChannel http, IUpstreamSession session, TimeProvider time)
    : Conversation(server, http, session, time)
{
    private static readonly TimeSpan s_acknowledged = TimeSpan.FromSeconds(2);

    private UpstreamGreeting? _greeting;
    private CancellationTokenSource _listened = new(); // of the stream that is open; replaced by one caller at a time
    private Task _listening = Task.CompletedTask;

    public override UpstreamGreeting Greeting => _greeting ?? throw new InvalidOperationException("The connection is not open.");

    /// <summary>Asks the server what it can do (2026-07-28, server/discover). False when it does not speak this revision.</summary>
    /// <exception cref="UpstreamException">The server cannot be used.</exception>
    public async Task<bool> TryOpenAsync(IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        try
        {
            using var result = await RequestAsync(new UpstreamPlainRequest(RequestMethods.ServerDiscover, []), exchange, cancellationToken);
            _greeting = GreetingReader.OfDiscover(Server.Name, result.Value);
        }
        catch (UpstreamErrorException)
        {
            return false; // A server of the other era knows no such method, or misses its session.
        }
        catch (UpstreamException e) when (e.Fault is UpstreamFault.Invalid or UpstreamFault.Unavailable && e.InnerException is null)
        {
            return false; // It answered, and not as this revision says.
        }

        if (_greeting is null)
        {
            return false;
        }

        await WatchAsync([], exchange, cancellationToken);
        return true;
    }

    public override async Task WatchAsync(IReadOnlyCollection<string> uris, IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        var former = _listened;
        _listened = CancellationTokenSource.CreateLinkedTokenSource(Closed);
        var can = Greeting.Capabilities;
        var wanted = new JsonObject();
        AddIf(can.Tools?.ListChanged == true, "toolsListChanged", true);
        AddIf(can.Prompts?.ListChanged == true, "promptsListChanged", true);
        AddIf(can.Resources?.ListChanged == true, "resourcesListChanged", true);
        AddIf(uris.Count > 0, "resourceSubscriptions", new JsonArray([.. uris.Select(static uri => (JsonNode)uri)]));
        await former.CancelAsync();
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        former.Dispose();
        if (wanted.Count > 0)
        {
            var request = new UpstreamPlainRequest(RequestMethods.SubscriptionsListen, new() { ["notifications"] = wanted });
            var side = new ListeningExchange(exchange.Capabilities);
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _listening = KeepListeningAsync(async (_, ending) => await PostAsync(NextId(), request, side, exchange: null, ending), begun, _listened.Token);

            // What changes from now on is told. A server that does not answer is not waited for longer.
            await Task.WhenAny(begun.Task, Task.Delay(s_acknowledged, Time, cancellationToken));
        }

        void AddIf(bool isWanted, string key, JsonNode value)
        {
            if (isWanted)
            {
                wanted[key] = value;
            }
        }
    }

    public override async Task<bool> CloseAsync(CancellationToken cancellationToken)
    {
        var isClosed = await base.CloseAsync(cancellationToken);
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return isClosed;
    }

    protected override async Task<MessageStream> SendAsync(long id, UpstreamRequest request, IUpstreamExchange exchange, CancellationToken cancellationToken) =>
        Open(await PostAsync(id, request, exchange, exchange, cancellationToken), exchange);

    private Task<HttpResponseMessage> PostAsync(
        long id, UpstreamRequest request, IUpstreamExchange described, IUpstreamExchange? exchange, CancellationToken cancellationToken) => Http.PostAsync(
            MessageWriter.Request(id, request, described, ProtocolMeta.Write), new(ProtocolVersions.July2026, Request: request), exchange, acceptsErrors: true, cancellationToken);

    /// <summary>Describes the stream that belongs to no request of the client.</summary>
    private sealed class ListeningExchange(ClientCapabilities capabilities) : IUpstreamExchange
    {
        public ClientCapabilities Capabilities => capabilities;

        public ClientCapabilities SessionCapabilities => capabilities;

        public LoggingLevel? LogLevel => null;

        public LoggingLevel? SessionLogLevel => null;

        public JsonElement Meta => default;

        public bool WantsProgress => false;

        public CallerToken? CallerToken => null;

        public ValueTask PrepareSecretsAsync(CancellationToken cancellationToken) => default;

        public ValueTask NotifyAsync(string method, JsonElement parameters, CancellationToken cancellationToken) => default;

        public ValueTask<JsonElement> AskAsync(string method, JsonElement parameters, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("No request is made for it.");

        public ValueTask CheckAsync(CancellationToken cancellationToken) => default;

        public void Charge(long bytes)
        {
        }

        public void Hold(long bytes)
        {
        }
    }
}
