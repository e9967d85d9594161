using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Tools;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>Passes requests of a session that were judged to its other servers, and their answers back.</summary>
internal sealed class UpstreamForwarding(SessionUpstreams servers, SessionTrail trail, ReferencedSecrets references)
{
    private readonly MissingSecrets _missing = new(servers.Time);

    /// <summary>What the servers meet of the session. Set once, before the first request.</summary>
    public HandlerEnvironment? Environment { get; set; }

    /// <summary>The servers.</summary>
    public SessionUpstreams Servers => servers;

    /// <summary>The side of a call that a server sees.</summary>
    public UpstreamExchange ExchangeOf(RunningCall call, string server) => new(call, server, Environment!, references);

    /// <summary>
    /// The tool of another server that has a name; null when there is none. The server is asked for its list unless it was a moment ago; a tool that is not
    /// in that list is looked for once more.
    /// </summary>
    /// <exception cref="UpstreamException">The server cannot be used.</exception>
    /// <exception cref="ToolWithheldException">The server has the tool, and nobody has approved it as it is now.</exception>
    public ValueTask<ToolEntry?> FindToolAsync(RunningCall call, string name) =>
        servers.ServerOf(name) is not { } server ? new(result: null)
        : server.RecentTools?.Find(name) is { } entry ? new(entry)
        : FindToolAsync(call, name, server);

    /// <summary>Calls a tool.</summary>
    /// <param name="call">The call.</param>
    /// <param name="tool">Its tool.</param>
    /// <param name="arguments">The arguments that were judged.</param>
    /// <param name="retry">The state and the answers of a retry; null where there are none.</param>
    public ValueTask<UpstreamResult> CallAsync(RunningCall call, UpstreamTool tool, JsonElement arguments, RequestParams? retry) =>
        RequestAsync(call, tool.Server, new UpstreamToolCall(tool, arguments, call.Meta.IsSessionless ? SessionHandles.ArgumentOfServers : null, retry));

    /// <summary>Calls a tool for the SDK's filters.</summary>
    public async ValueTask<CallToolResult> CallAsync(RunningCall call, UpstreamTool tool, CallToolRequestParams parameters)
    {
        var arguments = parameters.Arguments is null ? default : JsonSerializer.SerializeToElement(parameters.Arguments, Wire.Type<IDictionary<string, JsonElement>>());
        using var result = await CallAsync(call, tool, arguments, parameters);
        ThrowIfInputRequired(tool.Server, result.Value);
        return Read<CallToolResult>(tool.Server, UpstreamToolResult.Rewrite(tool.Server, result.Value));
    }

    public async ValueTask<GetPromptResult> GetPromptAsync(RunningCall call, UpstreamPrompt prompt, GetPromptRequestParams parameters)
    {
        var passed = new JsonObject { ["name"] = prompt.OriginalName };
        if (parameters.Arguments is { Count: > 0 } arguments)
        {
            passed["arguments"] = JsonSerializer.SerializeToNode(arguments, Wire.Type<IDictionary<string, JsonElement>>());
        }

        using var result = await RequestAsync(call, prompt.Server, new UpstreamPlainRequest(RequestMethods.PromptsGet, WithRetry(passed, parameters), prompt.OriginalName));
        ThrowIfInputRequired(prompt.Server, result.Value);
        return Read<GetPromptResult>(prompt.Server, UpstreamContent.RewritePrompt(prompt.Server, result.Value));
    }

    public async ValueTask<ReadResourceResult> ReadResourceAsync(RunningCall call, string server, ReadResourceRequestParams parameters)
    {
        var uri = UpstreamUris.Strip(server, parameters.Uri);
        using var result = await RequestAsync(call, server, new UpstreamPlainRequest(RequestMethods.ResourcesRead, WithRetry(new() { ["uri"] = uri }, parameters), uri));
        ThrowIfInputRequired(server, result.Value);
        var read = Read<ReadResourceResult>(server, UpstreamContent.RewriteContents(server, result.Value));
        read.CacheScope = CacheScope.Private; // What a server shows to one user's credential is for this user.
        return read;
    }

    /// <summary>Subscribes to a resource of another server, or ends that. Does nothing for other URIs.</summary>
    /// <param name="call">The call.</param>
    /// <param name="uri">The resource.</param>
    /// <param name="isSubscribed">Whether the session's record is about to have it.</param>
    public ValueTask SubscribeAsync(RunningCall call, string uri, bool isSubscribed) => WatchAsync(call, uri, more: 0, isSubscribed);

    /// <summary>Watches a resource of another server for one listener more, or one less. Does nothing for other URIs.</summary>
    public ValueTask ListenAsync(RunningCall call, string uri, int more) => WatchAsync(call, uri, more, isSubscribed: null);

    /// <summary>Sets the level from which on open servers send log messages. One that does not take it sends what is left out here.</summary>
    public async ValueTask SetLogLevelAsync(RunningCall call, string level)
    {
        foreach (var server in servers.Opened)
        {
            try
            {
                if (server.Slot.Current is { Greeting: { ProtocolVersion: not ProtocolVersions.July2026, Capabilities.Logging: not null } } connection)
                {
                    using var set = await connection.RequestAsync(
                        new UpstreamPlainRequest(RequestMethods.LoggingSetLevel, new() { ["level"] = level }), ExchangeOf(call, server.Configuration.Name), call.Token);
                }
            }
            catch (Exception e) when (e is UpstreamException or UpstreamErrorException)
            {
                // The session's level counts: ClientNotifier leaves out what is below.
            }
        }
    }

    /// <summary>Tells servers that the client's roots have changed.</summary>
    public void TellRootsChanged()
    {
        foreach (var server in servers.Opened)
        {
            _ = server.Slot.Current?.NotifyAsync(NotificationMethods.RootsListChangedNotification, CancellationToken.None).AsTask();
        }
    }

    /// <summary>Whether there are any.</summary>
    public bool HasServers => servers.HasAny;

    /// <summary>The prompt of another server that has a name; null when there is none.</summary>
    /// <exception cref="UpstreamException">The server cannot be used.</exception>
    public async ValueTask<UpstreamPrompt?> FindPromptAsync(RunningCall call, string name) => servers.ServerOf(name) is { } server
        ? (await ListAsync(call, server, server.PromptsAsync)).GetValueOrDefault(name)
        : null;

    /// <summary>The resources of the other server that a URI is of; null when it is of none.</summary>
    public UpstreamResource? FindResources(string uri) =>
        UpstreamUris.ServerOf(uri) is { } server && servers.Find(server) is not null ? new UpstreamResource(server) : null;

    /// <summary>Completes an argument of a prompt or template of another server; null when it is of none.</summary>
    public async ValueTask<CompleteResult?> CompleteAsync(RunningCall call, CompleteRequestParams parameters)
    {
        switch (parameters.Ref)
        {
            case PromptReference { Name: { } name } when await FindPromptAsync(call, name) is { } prompt:
                return await CompleteAsync(call, prompt.Server, new() { ["type"] = "ref/prompt", ["name"] = prompt.OriginalName }, parameters);
            case ResourceTemplateReference { Uri: { } uri } when FindResources(uri) is not null:
                var server = UpstreamUris.ServerOf(uri)!;
                return await CompleteAsync(call, server, new() { ["type"] = "ref/resource", ["uri"] = UpstreamUris.Strip(server, uri) }, parameters);
            default:
                return null;
        }
    }

    private async ValueTask<CompleteResult> CompleteAsync(RunningCall call, string server, JsonObject reference, CompleteRequestParams parameters)
    {
        var passed = new JsonObject { ["ref"] = reference, ["argument"] = JsonSerializer.SerializeToNode(parameters.Argument, Wire.Type<Argument>()) };
        if (parameters.Context is { } context)
        {
            passed["context"] = JsonSerializer.SerializeToNode(context, Wire.Type<CompleteContext>());
        }

        using var result = await RequestAsync(call, server, new UpstreamPlainRequest(RequestMethods.CompletionComplete, passed));
        return Read<CompleteResult>(server, JsonObject.Create(result.Value)!);
    }

    /// <summary>The input that a server requires before it can answer (2026-07-28, Multi Round-Trip Requests); null when it has answered.</summary>
    public static InputRequiredResult? InputRequired(string server, JsonElement result)
    {
        if (!result.TryGetProperty("resultType"u8, out var type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals("input_required"u8))
        {
            return null;
        }

        var required = Read<InputRequiredResult>(server, JsonObject.Create(result)!);
        foreach (var (_, input) in required.InputRequests ?? new Dictionary<string, InputRequest>())
        {
            if (!UpstreamWords.IsQuestion(input.Method))
            {
                throw new UpstreamException(server, UpstreamFault.Invalid, "asks for something that no client can be asked for.");
            }

            input.Params = input.Params is { } asked && UpstreamWords.Question(server, input.Method, asked) is { } question
                ? JsonSerializer.SerializeToElement(question, Wire.Type<JsonObject>())
                : input.Params;
        }

        return required;
    }

    private static void ThrowIfInputRequired(string server, JsonElement result)
    {
        if (InputRequired(server, result) is { } required)
        {
            throw new InputRequiredException(required);
        }
    }

    private async ValueTask<ToolEntry?> FindToolAsync(RunningCall call, string name, SessionServer server)
    {
        var isRecent = server.RecentTools is not null;
        var tools = await ListAsync(call, server, server.ToolsAsync);
        if (tools.Find(name) is null && tools.WhyWithheld(name) is null && isRecent)
        {
            server.Forget(CatalogueList.Tools); // It may be new.
            tools = await ListAsync(call, server, server.ToolsAsync);
        }

        return tools.WhyWithheld(name) is { } why ? throw new ToolWithheldException(name, why) : tools.Find(name);
    }

    /// <summary>What a server lists, for a request that uses something of it.</summary>
    private async ValueTask<T> ListAsync<T>(RunningCall call, SessionServer server, Func<IUpstreamExchange, CancellationToken, ValueTask<T>> list)
    {
        var exchange = ExchangeOf(call, server.Configuration.Name);
        try
        {
            return await list(exchange, call.Token);
        }
        catch (SecretUnavailableException missing)
        {
            await _missing.ObtainAsync(call, server.Configuration, missing, Environment!);
            return await list(exchange, call.Token);
        }
    }

    private async ValueTask<UpstreamResult> RequestAsync(RunningCall call, string name, UpstreamRequest request)
    {
        if (servers.Find(name) is not { } server)
        {
            throw new UpstreamException(name, UpstreamFault.Unavailable, "is not configured any more.");
        }

        call.Note(CallTraits.Effect); // What the server did, and for whose credential it answered, is not known.
        var noting = trail.NoteAsync(name);
        var exchange = ExchangeOf(call, name);
        UpstreamResult result;
        try
        {
            try
            {
                result = await server.Slot.RequestAsync(request, exchange, call.Token);
            }
            catch (SecretUnavailableException missing) // Nothing was sent.
            {
                await _missing.ObtainAsync(call, server.Configuration, missing, Environment!);
                result = await server.Slot.RequestAsync(request, exchange, call.Token);
            }
        }
        catch
        {
            await noting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        if (!noting.IsCompletedSuccessfully)
        {
            await noting;
        }

        return result;
    }

    private async ValueTask WatchAsync(RunningCall call, string uri, int more, bool? isSubscribed)
    {
        if (UpstreamUris.ServerOf(uri) is not { } name || servers.Find(name) is not { } server)
        {
            return;
        }

        var exchange = ExchangeOf(call, name);
        var connection = more < 0 || isSubscribed == false ? server.Slot.Current : await server.Slot.OpenAsync(exchange, call.Token);
        await server.Watched.ChangeAsync(connection, UpstreamUris.Strip(name, uri), more, isSubscribed, exchange, more < 0 ? CancellationToken.None : call.Token);
    }

    private static JsonObject WithRetry(JsonObject parameters, RequestParams retry)
    {
        if (retry.RequestState is { } state)
        {
            parameters["requestState"] = state;
        }

        if (retry.InputResponses is { Count: > 0 } answers)
        {
            parameters["inputResponses"] = JsonSerializer.SerializeToNode(answers, Wire.Type<IDictionary<string, InputResponse>>());
        }

        return parameters;
    }

    private static T Read<T>(string server, JsonObject result) where T : Result
    {
        try
        {
            var read = result.Deserialize(Wire.Type<T>()) ?? throw new JsonException("A value is missing.");
            read.ResultType = null;
            UpstreamContent.KeepForeignMeta(read.Meta);
            return read;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or NotSupportedException)
        {
            throw new UpstreamException(server, UpstreamFault.Invalid, "answered with a result that is not of the protocol's form.", e);
        }
    }
}
