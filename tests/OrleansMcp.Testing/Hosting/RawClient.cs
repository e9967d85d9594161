using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace OrleansMcp.Tests.Hosting;

/// <summary>
/// A client of the session revisions that sends exactly what a test says. Holds one session; several clients may hold the same one.
/// </summary>
internal sealed class RawClient : IDisposable
{
    private readonly HttpClient _http;
    private int _lastId = 1000;

    public RawClient(Uri url, string? key)
    {
        Url = url;
        Key = key;

        // Disposing a reply drops its connection at once, as a client that goes away does.
        var handler = new SocketsHttpHandler
        {
            UseCookies = false,
            UseProxy = false,
            MaxResponseDrainSize = 0,
            ResponseDrainTimeout = TimeSpan.Zero,
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public Uri Url { get; set; }

    public string? Key { get; set; }

    public string? SessionId { get; set; }

    public string? Version { get; set; }

    /// <summary>What an ingress says of the client's certificate; one header each.</summary>
    public string[] Certificates { get; set; } = [];

    /// <summary>Another client with the same session and another key.</summary>
    public RawClient As(string? key) => new(Url, key) { SessionId = SessionId, Version = Version, Certificates = Certificates };

    /// <summary>Opens a session and says that it is ready.</summary>
    public async Task<RawClient> OpenAsync(string version = "2025-11-25", object? capabilities = null)
    {
        await InitializeAsync(version, capabilities);
        (await PostAsync(Rpc.Notification("notifications/initialized"))).Expect(System.Net.HttpStatusCode.Accepted);
        return this;
    }

    /// <summary>Opens a session.</summary>
    public async Task<RawReply> InitializeAsync(string version = "2025-11-25", object? capabilities = null)
    {
        (SessionId, Version) = (null, null);
        var reply = (await PostAsync(Rpc.Initialize("init", version, capabilities))).Expect(System.Net.HttpStatusCode.OK);
        SessionId = reply.SessionId;
        var negotiated = (string)reply.Result["protocolVersion"]!;
        Version = negotiated == "2025-03-26" ? null : negotiated;
        return reply;
    }

    public Task<RawReply> CallAsync(string tool, object? arguments = null, object? id = null) =>
        PostAsync(Rpc.Call(id ?? Interlocked.Increment(ref _lastId), tool, arguments));

    /// <summary>Calls a tool that succeeds and returns its text.</summary>
    public async Task<string> CallTextAsync(string tool, object? arguments = null)
    {
        var reply = (await CallAsync(tool, arguments)).Expect(System.Net.HttpStatusCode.OK);
        Assert.False(reply.ToolFailed, reply.Text);
        return reply.ToolText;
    }

    /// <summary>Adds to the counter of the session and returns where it stands.</summary>
    public async Task<long> IncrementAsync(int by = 1) => DemoTools.Counter(await CallTextAsync("increment", new { by }));

    /// <summary>Whether the session still answers its owner.</summary>
    public async Task<bool> IsAliveAsync() => (await PostAsync(Rpc.Request("alive", "ping"))).Status == System.Net.HttpStatusCode.OK;

    public async Task<RawReply> PostAsync(string body, Action<HttpRequestMessage>? change = null) =>
        await SendAsync(Post(body, change));

    /// <summary>Posts and reads the stream that answers, as it arrives.</summary>
    public async Task<OpenReply> PostForStreamAsync(string body, Action<HttpRequestMessage>? change = null) =>
        await OpenReply.OfAsync(await StartAsync(Post(body, change)));

    public async Task<RawReply> GetAsync(string? lastEventId = null, Action<HttpRequestMessage>? change = null) =>
        await SendAsync(Get(lastEventId, change));

    /// <summary>Opens the stream of the session, or resumes any.</summary>
    public async Task<OpenReply> ListenAsync(string? lastEventId = null, Action<HttpRequestMessage>? change = null) =>
        await OpenReply.OfAsync(await StartAsync(Get(lastEventId, change)));

    public async Task<RawReply> DeleteAsync(Action<HttpRequestMessage>? change = null) =>
        await SendAsync(Request(HttpMethod.Delete, change));

    /// <summary>Gives the session a secret.</summary>
    public async Task<RawReply> PutSecretAsync(string name, byte[] secret, Action<HttpRequestMessage>? change = null) =>
        await SendAsync(Secret(HttpMethod.Put, name, request =>
        {
            request.Content = new ByteArrayContent(secret);
            change?.Invoke(request);
        }));

    /// <summary>Takes a secret back.</summary>
    public async Task<RawReply> DeleteSecretAsync(string name, Action<HttpRequestMessage>? change = null) =>
        await SendAsync(Secret(HttpMethod.Delete, name, change));

    /// <summary>A request to the URL of a secret.</summary>
    public HttpRequestMessage Secret(HttpMethod method, string name, Action<HttpRequestMessage>? change = null) => Request(method, request =>
    {
        request.RequestUri = new Uri(Url, $"/mcp/secrets/{name}");
        change?.Invoke(request);
    });

    public async Task<RawReply> SendAsync(HttpRequestMessage request) => await RawReply.ReadAsync(await StartAsync(request));

    /// <summary>Sends and returns as soon as the head of the reply is there.</summary>
    public Task<HttpResponseMessage> StartAsync(HttpRequestMessage request) =>
        _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).InTime("the head of a reply");

    /// <summary>Answers a request that the server sent on a stream.</summary>
    public Task<RawReply> AnswerAsync(SseEvent request, object result) => PostAsync(Rpc.Result(request.Json["id"], result));

    public HttpRequestMessage Request(HttpMethod method, Action<HttpRequestMessage>? change = null)
    {
        var request = new HttpRequestMessage(method, Url);
        if (Key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        }

        if (SessionId is not null)
        {
            request.Headers.TryAddWithoutValidation("Mcp-Session-Id", SessionId);
        }

        if (Version is not null)
        {
            request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", Version);
        }

        if (Certificates.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-Client-Cert", Certificates);
        }

        change?.Invoke(request);
        return request;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Makes a request that of a client which reads no streams.</summary>
    public static void TakesJsonOnly(HttpRequestMessage request)
    {
        request.Headers.Remove("Accept");
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
    }

    internal static HttpContent Json(string body)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    public HttpRequestMessage Post(string body, Action<HttpRequestMessage>? change) => Request(HttpMethod.Post, request =>
    {
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Content = Json(body);
        change?.Invoke(request);
    });

    private HttpRequestMessage Get(string? lastEventId, Action<HttpRequestMessage>? change) => Request(HttpMethod.Get, request =>
    {
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        change?.Invoke(request);
    });
}

/// <summary>What the demo tools say.</summary>
internal static class DemoTools
{
    /// <summary>The counter in the reply of <c>increment</c>.</summary>
    public static long Counter(string text) =>
        long.Parse(new string([.. text.Where(char.IsAsciiDigit)]), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The fields in the reply of <c>whoami</c>.</summary>
    public static (string Tenant, string Client, string Session) WhoAmI(string text)
    {
        var fields = JsonNode.Parse(text)!;
        return ((string)fields["tenant"]!, (string)fields["client"]!, (string)fields["session"]!);
    }
}
