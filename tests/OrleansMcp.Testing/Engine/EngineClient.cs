using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>A caller and the key of a session: speaks to it through one node, with a new reference for each request, as front ends do.</summary>
internal sealed class EngineClient(IEngine engine, Caller caller, SessionKey key, string version, int node = 0)
{
    private static int s_lastId = 1_000_000; // far from the ids that tests choose

    public SessionKey Key => key;

    public Caller Caller => caller;

    /// <summary>The session behind this client, found from its node.</summary>
    public ISession Session => engine.Directory(node).Get(key);

    private bool IsSessionless => ProtocolVersions.IsSessionless(version);

    /// <summary>The same client, served by another node.</summary>
    public EngineClient At(int other) => new(engine, caller, key, version, other);

    /// <summary>The same client, served by the node farthest from the first.</summary>
    public EngineClient Elsewhere() => At(engine.NodeCount - 1);

    /// <summary>The same client on each node in turn.</summary>
    public IEnumerable<EngineClient> Everywhere() => Enumerable.Range(0, engine.NodeCount).Select(At);

    /// <summary>Somebody else with the same key.</summary>
    public EngineClient As(Caller other) => new(engine, other, key, version, node);

    /// <summary>The same caller with another key.</summary>
    public EngineClient With(SessionKey other) => new(engine, caller, other, version, node);

    public Task<SessionReply> InitializeAsync(object? capabilities = null) => Session
        .OpenAsync(caller, Parse(Rpc.Initialize("init", version, capabilities)), CancellationToken.None).InTime("initialize was answered");

    /// <summary>Opens the session and asks for these permissions at most, in whatever form.</summary>
    public async Task<JsonNode> InitializeAskingAsync(object permissions)
    {
        var initialize = JsonNode.Parse(Rpc.Initialize("init", version))!;
        initialize["params"]!["_meta"] = new JsonObject { ["orleansmcp/permissions"] = System.Text.Json.JsonSerializer.SerializeToNode(permissions) };
        var reply = await Session.OpenAsync(caller, Parse(initialize.ToJsonString()), CancellationToken.None).InTime("initialize was answered");
        return JsonNode.Parse(reply.Body.Span)!;
    }

    /// <summary>What an operator of the tenant asks of this session.</summary>
    public Task<OperatorReply> OperateAsync(OperatorAction action, params string[] permissions) => Session
        .OperateAsync(new OperatorRequest("olga", caller.Tenant, action, permissions), CancellationToken.None).InTime("an operator was answered");

    public Task<SessionReply> PostAsync(
        string json, bool acceptsStream = true, string? header = null, CancellationToken cancellationToken = default) =>
        PostPatientlyAsync(json, acceptsStream, header, cancellationToken).InTime("a post was answered");

    /// <summary>Posts one of so many messages that the store needs its time for them; the test bounds the wait for all.</summary>
    public Task<SessionReply> PostPatientlyAsync(
        string json, bool acceptsStream = true, string? header = null, CancellationToken cancellationToken = default) => Session
        .PostAsync(caller, Parse(json), new PostOptions(acceptsStream, header ?? version), cancellationToken).AsTask();

    public Task<SessionReply> PostBatchAsync(params string[] messages) => Session
        .PostBatchAsync(caller, [.. messages.Select(Parse)], new PostOptions(AcceptsStream: true), CancellationToken.None).AsTask()
        .InTime("a batch was answered");

    /// <summary>Ends the session; again if nobody knows whether it ended, as on a busy machine.</summary>
    public async Task<SessionReceipt?> EndAsync()
    {
        try
        {
            return await Session.EndAsync(caller, CancellationToken.None).InTime("the session ended");
        }
        catch (SessionUnavailableException)
        {
            return await Session.EndAsync(caller, CancellationToken.None).InTime("the session ended");
        }
    }

    /// <summary>Ends a session that is there, and returns its receipt.</summary>
    public async Task<SessionReceipt> ReceiptAsync()
    {
        var receipt = await EndAsync();
        Assert.NotNull(receipt);
        return receipt;
    }

    /// <summary>Sends a request and waits for its answer, whichever way it comes.</summary>
    public async Task<JsonNode> RequestAsync(string method, JsonObject? parameters = null, object? id = null) =>
        await AnswerAsync(await PostAsync(Request(method, parameters, id)));

    /// <summary>The answer in a reply, or on the stream that it names.</summary>
    public async Task<JsonNode> AnswerAsync(SessionReply reply)
    {
        if (reply.Kind == ReplyKind.Stream)
        {
            await using var stream = await ReadAsync(reply);
            return await stream.UntilAnswerAsync();
        }

        Assert.Equal(ReplyKind.Message, reply.Kind);
        return JsonNode.Parse(reply.Body.Span)!;
    }

    public async Task<ToolAnswer> CallAsync(string tool, object? arguments = null, object? id = null) =>
        new(await RequestAsync("tools/call", Rpc.CallParams(tool, arguments), id));

    /// <summary>Calls a tool that succeeds.</summary>
    public async Task<string> CallTextAsync(string tool, object? arguments = null)
    {
        var answer = await CallAsync(tool, arguments);
        Assert.False(answer.Failed, answer.ToString());
        return answer.Text;
    }

    public async Task<long> IncrementAsync(long by = 1) =>
        long.Parse(await CallTextAsync("engine_increment", new { by }), CultureInfo.InvariantCulture);

    public async Task<long> CounterAsync() => long.Parse(await CallTextAsync("engine_counter"), CultureInfo.InvariantCulture);

    /// <summary>Calls a tool and reads the stream that answers, as it comes.</summary>
    public async Task<EngineStream> StreamAsync(string tool, object? arguments = null, object? id = null, object? progressToken = null)
    {
        var reply = await PostAsync(Request("tools/call", Rpc.CallParams(tool, arguments, progressToken), id));
        Assert.Equal(ReplyKind.Stream, reply.Kind);
        return await ReadAsync(reply);
    }

    /// <summary>The stream that answers a post.</summary>
    public Task<EngineStream> ReadAsync(SessionReply reply) => ListenAsync(new StreamRequest(reply.StreamId));

    /// <summary>The session's own stream, or any from where it broke off.</summary>
    public Task<EngineStream> ListenAsync(string? lastEventId = null) => ListenAsync(new StreamRequest(0, lastEventId));

    /// <summary>How a wish to listen is received.</summary>
    public async Task<SessionEventKind> TryListenAsync(string? lastEventId = null)
    {
        await using var stream = new EngineStream(token => Session.ListenAsync(caller, new StreamRequest(0, lastEventId), token));
        return Assert.NotNull(await stream.NextAsync()).Kind;
    }

    /// <summary>Answers a request of the server.</summary>
    public Task<SessionReply> AnswerAsync(StreamMessage asked, object result) => PostAsync(Rpc.Result(asked.Json["id"], result));

    public Task SubscribeAsync(string uri) => RequestAsync("resources/subscribe", new JsonObject { ["uri"] = uri });

    /// <summary>Whether the session answers this client.</summary>
    public async Task<bool> IsFoundAsync() => (await PostAsync(Request(IsSessionless ? "server/discover" : "ping"))).Kind != ReplyKind.NotFound;

    /// <summary>A request as a client of this revision writes it.</summary>
    public string Request(string method, JsonObject? parameters = null, object? id = null)
    {
        var body = (JsonObject?)parameters?.DeepClone();
        if (IsSessionless)
        {
            body ??= [];
            var meta = body["_meta"] as JsonObject ?? [];
            body["_meta"] = meta;
            meta["io.modelcontextprotocol/protocolVersion"] = version;
            meta["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "engine", ["version"] = "1" };
            meta["io.modelcontextprotocol/clientCapabilities"] = new JsonObject { ["elicitation"] = new JsonObject() };
        }

        return Rpc.Request(id ?? Interlocked.Increment(ref s_lastId), method, body);
    }

    public static McpMessage Parse(string json)
    {
        Assert.True(McpMessageParser.TryParse(Encoding.UTF8.GetBytes(json), out var message, out var error), error.Message);
        return message;
    }

    private async Task<EngineStream> ListenAsync(StreamRequest request)
    {
        var stream = new EngineStream(token => Session.ListenAsync(caller, request, token));
        Assert.Equal(SessionEventKind.Opened, Assert.NotNull(await stream.NextAsync()).Kind);
        return stream;
    }
}

/// <summary>The answer to a tool call.</summary>
internal sealed class ToolAnswer(JsonNode json)
{
    public bool Failed => json["error"] is not null || (bool?)json["result"]!["isError"] == true;

    public string Text => (string)(json["result"]?["content"]?[0]?["text"] ?? json["error"]?["message"])!;

    /// <summary>The stable code of a refusal.</summary>
    public string? Code => (string?)json["result"]?["structuredContent"]?["code"];

    public JsonNode Json => json;

    public override string ToString() => json.ToJsonString();
}
