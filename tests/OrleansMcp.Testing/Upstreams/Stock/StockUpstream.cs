using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Tokens;

namespace OrleansMcp.Tests.Upstreams.Stock;

/// <summary>
/// A server of the C# SDK as it is, with something of everything that the protocol has (<see cref="StockTools"/>, <see cref="StockInputTools"/>,
/// <see cref="StockContent"/>), and with all that a test wants to know of what reached it.
/// </summary>
internal sealed class StockUpstream : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly StockSessions _sessions = new();
    private readonly StockState _state = new();
    private readonly StockTools _tools;
    private readonly StockInputTools _inputTools;
    private readonly McpServerPrimitiveCollection<McpServerTool> _toolList;
    private readonly StockNotifications _notifications;
    private int _refused;

    private StockUpstream(UpstreamEra era)
    {
        Era = era;
        _server = new LoopbackServer(Build, Map);
        _tools = new StockTools(_state);
        _inputTools = new StockInputTools(_state.Questions);
        _toolList = [.. StockPrimitives.ToolsOf(_tools), .. StockPrimitives.ToolsOf(_inputTools), .. StockPrimitives.OddTools];
        _notifications = new StockNotifications(_sessions);
    }

    public UpstreamEra Era { get; }

    /// <summary>Where MCP is spoken.</summary>
    public Uri Url => _server.At("/mcp");

    /// <summary>All that it was sent since it was first started.</summary>
    public ReceivedRequests Requests { get; } = new();

    /// <summary>Where calls of the tool <c>slow</c> wait, by the name they give; it tells which arrived and which were cancelled.</summary>
    public Gates Gates => _state.Gates;

    /// <summary>The names that calls of <c>slow</c> gave which were cancelled.</summary>
    public IReadOnlyCollection<string> CancelledCalls => _state.Cancelled;

    /// <summary>Sessions that began with <c>initialize</c> and have not ended, by DELETE or because nobody used them.</summary>
    public int SessionsOpen => _sessions.Open;

    public int SessionsOpened => _sessions.Opened;

    /// <summary>The ids of the sessions that are open: secrets, which nobody else may see.</summary>
    public IReadOnlyList<string> SessionIds => _sessions.Ids;

    /// <summary>The values of <c>requestState</c> it gave away, in the sessionless era: nobody but its own client may see them.</summary>
    public IReadOnlyCollection<string> RequestStates => _state.Questions.States;

    public int Deletes => Requests.Of(HttpMethods.Delete);

    public int ConnectionsOpen => _server.ConnectionsOpen;

    public int ConnectionsOpened => _server.ConnectionsOpened;

    /// <summary>Resources that a session, or a stream of <c>subscriptions/listen</c>, wants to hear of.</summary>
    public int Subscriptions => _notifications.Subscriptions;

    /// <summary>Streams of <c>subscriptions/listen</c> that are open.</summary>
    public int Listeners => _notifications.Listeners;

    /// <summary>Decides by the value of the Authorization header who may speak to it; null: everybody. Others get a 401 with a challenge.</summary>
    public Func<string?, bool>? Accepts { get; set; }

    /// <summary>Requests that got a 401.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public static async Task<StockUpstream> StartAsync(UpstreamEra era)
    {
        var upstream = new StockUpstream(era);
        await upstream.StartAgainAsync();
        return upstream;
    }

    /// <summary>Takes only tokens that an issuer gave for an audience and that are valid still.</summary>
    public void AcceptOnly(TokenIssuer issuer, string audience) =>
        Accepts = value => value is not null && value.StartsWith("Bearer ", StringComparison.Ordinal) && issuer.IsValid(value["Bearer ".Length..], audience);

    /// <summary>Dies: cuts connections, forgets sessions, and refuses connections until it is started again.</summary>
    public async Task StopAsync()
    {
        await _server.StopAsync();
        await Eventually.Holds(() => _sessions.Open == 0, "the sessions of an upstream that stopped were gone");
    }

    /// <summary>Starts at the same URL.</summary>
    public Task StartAgainAsync() => _server.StartAsync();

    /// <summary>Says that a resource has changed, to whom wants to hear of it.</summary>
    public Task UpdateAsync(string uri) => _notifications.UpdateAsync(uri);

    /// <summary>Offers one more tool, which answers with its name, and says so.</summary>
    public Task AddToolAsync(string name, string description = "Was not there before.") =>
        ChangeToolsAsync(() => _toolList.Add(StockPrimitives.NamedTool(name, description)));

    /// <summary>Offers a tool no more, and says so.</summary>
    public Task RemoveToolAsync(string name) => ChangeToolsAsync(() => Assert.True(_toolList.Remove(_toolList[name])));

    /// <summary>Offers a tool under another description or schema, and says so. Its behaviour stays.</summary>
    public Task RedefineAsync(string name, string? description = null, JsonElement? inputSchema = null) => ChangeToolsAsync(() =>
    {
        var former = _toolList[name];
        _toolList.Remove(former);
        _toolList.Add(new RedefinedTool(former, description, inputSchema));
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private void Build(WebApplicationBuilder builder)
    {
        builder.Services.AddRoutingCore().AddHttpContextAccessor();
        builder.Services.AddMcpServer(Configure).WithHttpTransport(transport =>
        {
            transport.SessionMode = Era == UpstreamEra.Sessions ? HttpServerSessionMode.Stateful : HttpServerSessionMode.Stateless;
            if (Era == UpstreamEra.Sessions)
            {
                transport.RunSessionHandler = _sessions.RunAsync;
            }
        });
    }

    private void Configure(McpServerOptions options)
    {
        options.ServerInfo = new Implementation { Name = "stock", Version = "1" };
        options.ServerInstructions = "Instructions of the stock server.";
        options.ToolCollection = _toolList;
        options.PromptCollection = [.. StockPrimitives.PromptsOf<StockContent>()];
        options.ResourceCollection = [.. StockPrimitives.ResourcesOf<StockContent>()];
        options.Handlers.CompleteHandler = StockContent.CompleteAsync;
        options.Capabilities = new ServerCapabilities { Logging = new LoggingCapability(), Resources = new ResourcesCapability { Subscribe = true } };
        if (Era == UpstreamEra.Sessions)
        {
            options.Handlers.SubscribeToResourcesHandler = _notifications.SubscribeAsync;
            options.Handlers.UnsubscribeFromResourcesHandler = _notifications.UnsubscribeAsync;
        }
        else
        {
            options.ProtocolVersion = "2026-07-28"; // without this it would serve initialize too, without a session
            options.Handlers.SubscriptionsListenHandler = _notifications.ListenAsync;
        }
    }

    private void Map(WebApplication application)
    {
        application.Use(ReceiveAsync);
        application.UseRouting();
        application.MapMcp("/mcp");
        _state.Context = application.Services.GetRequiredService<IHttpContextAccessor>();
    }

    private async Task ReceiveAsync(HttpContext context, RequestDelegate next)
    {
        Requests.Add(await ReceivedRequest.ReadAsync(context.Request, context.RequestAborted));
        var authorization = context.Request.Headers.Authorization is [{ } value] ? value : null;
        if (Accepts is { } accepts && !accepts(authorization))
        {
            Interlocked.Increment(ref _refused);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            var metadata = $"resource_metadata=\"{_server.At("/.well-known/oauth-protected-resource/mcp")}\"";
            context.Response.Headers.WWWAuthenticate = authorization is null ? $"Bearer {metadata}" : $"Bearer error=\"invalid_token\", {metadata}";
            return;
        }

        await next(context);
    }

    // In the era of sessions the SDK tells each session itself when the list changes.
    private async Task ChangeToolsAsync(Action change)
    {
        using (_toolList.DeferChangedEvents())
        {
            change();
        }

        await _notifications.TellListenersAsync(NotificationMethods.ToolListChangedNotification);
    }
}
