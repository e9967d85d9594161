using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansMcp.Tests.Hosting;

/// <summary>A client of 2026-07-28: no session, metadata in every request, headers that repeat the body.</summary>
internal sealed class ModernClient(Uri url, string? key) : IDisposable
{
    public const string Version = "2026-07-28";
    private const string Meta = "io.modelcontextprotocol/";

    private readonly RawClient _raw = new(url, key);
    private int _lastId;

    /// <summary>What the client says it can do.</summary>
    public JsonObject Capabilities { get; init; } = new()
    {
        ["elicitation"] = new JsonObject(),
        ["sampling"] = new JsonObject(),
        ["roots"] = new JsonObject(),
    };

    public Task<RawReply> CallAsync(string tool, object? arguments = null, object? id = null) =>
        SendAsync("tools/call", Rpc.CallParams(tool, arguments), id);

    /// <summary>Calls a tool that succeeds and returns its text.</summary>
    public async Task<string> CallTextAsync(string tool, object? arguments = null)
    {
        var reply = (await CallAsync(tool, arguments)).Expect(System.Net.HttpStatusCode.OK);
        Assert.False(reply.ToolFailed, reply.Text);
        return reply.ToolText;
    }

    /// <summary>Adds to the counter of the principal, or of the session that a handle names.</summary>
    public async Task<long> IncrementAsync(string? handle = null) =>
        DemoTools.Counter(await CallTextAsync("increment", handle is null ? new { } : new { session = handle }));

    /// <summary>Gives a secret to the principal, or to the session that a handle names.</summary>
    public Task<RawReply> PutSecretAsync(string name, byte[] secret, string? handle = null) => _raw.PutSecretAsync(name, secret, Name(handle));

    /// <summary>Takes a secret back.</summary>
    public Task<RawReply> DeleteSecretAsync(string name, string? handle = null) => _raw.DeleteSecretAsync(name, Name(handle));

    public async Task<string> OpenHandleAsync()
    {
        var reply = (await CallAsync("session_open")).Expect(System.Net.HttpStatusCode.OK);
        return (string)reply.Result["structuredContent"]!["session"]!;
    }

    public async Task<RawReply> SendAsync(
        string method, JsonObject? parameters = null, object? id = null, Action<HttpRequestMessage>? change = null) =>
        await _raw.SendAsync(Compose(method, parameters, id, change));

    /// <summary>Sends and reads the stream that answers, as it arrives.</summary>
    public async Task<OpenReply> OpenAsync(
        string method, JsonObject? parameters = null, object? id = null, Action<HttpRequestMessage>? change = null) =>
        await OpenReply.OfAsync(await _raw.StartAsync(Compose(method, parameters, id, change)));

    /// <summary>Sends and returns with the head of the response.</summary>
    public Task<HttpResponseMessage> StartAsync(string method, JsonObject? parameters, Action<HttpRequestMessage>? change = null) =>
        _raw.StartAsync(Compose(method, parameters, id: null, change));

    /// <summary>Asks again, with what the client was asked for.</summary>
    public Task<RawReply> RetryAsync(
        JsonObject parameters, JsonNode inputRequired, object answer, Func<string, string>? state = null, object? id = null)
    {
        var again = (JsonObject)parameters.DeepClone();
        var token = (string)inputRequired["requestState"]!;
        again["requestState"] = state is null ? token : state(token);
        again["inputResponses"] = new JsonObject(inputRequired["inputRequests"]!.AsObject()
            .Select(asked => KeyValuePair.Create(asked.Key, JsonSerializer.SerializeToNode(answer))));
        return SendAsync("tools/call", again, id);
    }

    public HttpRequestMessage Compose(string method, JsonObject? parameters, object? id, Action<HttpRequestMessage>? change)
    {
        var named = (parameters?["name"] ?? parameters?["uri"])?.GetValue<string>();
        var body = Rpc.Request(id ?? Interlocked.Increment(ref _lastId), method, WithMeta(parameters));
        return _raw.Request(HttpMethod.Post, request =>
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", Version);
            request.Headers.TryAddWithoutValidation("Mcp-Method", method);
            if (named is not null)
            {
                request.Headers.TryAddWithoutValidation("Mcp-Name", named);
            }

            request.Content = RawClient.Json(body);
            change?.Invoke(request);
        });
    }

    /// <summary>Params with the metadata of this client, unless they carry some already.</summary>
    public JsonObject WithMeta(JsonObject? parameters)
    {
        var complete = (JsonObject?)parameters?.DeepClone() ?? [];
        var meta = complete["_meta"] as JsonObject ?? [];
        complete["_meta"] = meta;
        Default(meta, Meta + "protocolVersion", Version);
        Default(meta, Meta + "clientInfo", new JsonObject { ["name"] = "raw", ["version"] = "1" });
        Default(meta, Meta + "clientCapabilities", Capabilities.DeepClone());
        return complete;
    }

    public void Dispose() => _raw.Dispose();

    private static Action<HttpRequestMessage> Name(string? handle) => request =>
    {
        request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", Version);
        if (handle is not null)
        {
            request.Headers.TryAddWithoutValidation("Mcp-Session-Id", handle);
        }
    };

    private static void Default(JsonObject meta, string name, JsonNode value)
    {
        if (!meta.ContainsKey(name))
        {
            meta[name] = value;
        }
    }
}
