using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Clients;

/// <summary>A server at a URL, over the transport of 2025-11-25 (Streamable HTTP).</summary>
internal sealed class HttpTarget : IDrillTarget, IDisposable
{
    private const string Json = "application/json";
    private const string Events = "text/event-stream";
    private const string SessionHeader = "Mcp-Session-Id";
    private const string VersionHeader = "MCP-Protocol-Version";

    private readonly HttpClient _http;
    private readonly Uri _server;
    private readonly IReadOnlyDictionary<Party, string> _keys;
    private readonly string? _operatorKey;

    /// <param name="server">The server, without <c>/mcp</c>.</param>
    /// <param name="keys">The API keys of the clients.</param>
    /// <param name="operatorKey">Reads the signals; null: they are not read.</param>
    public HttpTarget(Uri server, IReadOnlyDictionary<Party, string> keys, string? operatorKey)
    {
        (_server, _keys, _operatorKey) = (server, keys, operatorKey);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(30) };
    }

    public async Task<DrillReply> SendAsync(DrillRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var message = Compose(request);
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return new DrillReply((int)response.StatusCode, await ReadAsync(request, response, cancellationToken), SessionOf(response));
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return DrillReply.None;
        }
    }

    public async Task<IReadOnlyDictionary<string, long>?> SignalsAsync(CancellationToken cancellationToken)
    {
        if (_operatorKey is null)
        {
            return null;
        }

        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(_server, "/ops/signals"));
        message.Headers.Authorization = new("Bearer", _operatorKey);
        try
        {
            using var response = await _http.SendAsync(message, cancellationToken);
            return response.IsSuccessStatusCode
                ? JsonSerializer.Deserialize<SignalCounts>(await response.Content.ReadAsStringAsync(cancellationToken), JsonSerializerOptions.Web)?.Signals
                : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Compose(DrillRequest request)
    {
        var isSecret = request.Verb == Verb.GiveSecret;
        var message = new HttpRequestMessage(
            request.Verb switch
            {
                Verb.Post => HttpMethod.Post,
                Verb.Listen => HttpMethod.Get,
                Verb.End => HttpMethod.Delete,
                _ => HttpMethod.Put,
            },
            new Uri(_server, isSecret ? $"/mcp/secrets/{request.Argument}" : "/mcp"));
        message.Headers.Authorization = new("Bearer", _keys[request.Who]);
        message.Headers.Add(VersionHeader, Message.Version);
        message.Headers.Accept.Add(new(Events));
        if (request.Verb != Verb.Listen)
        {
            message.Headers.Accept.Add(new(Json));
        }
        else if (request.Argument is { } last)
        {
            message.Headers.Add("Last-Event-ID", last);
        }

        if (request.Session is { } session)
        {
            message.Headers.Add(SessionHeader, session);
        }

        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(isSecret ? "application/octet-stream" : Json);
        }

        return message;
    }

    private static string? SessionOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(SessionHeader, out var values) ? values.FirstOrDefault() : null;

    private static async Task<string> ReadAsync(DrillRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType != Events)
        {
            return await response.Content.ReadAsStringAsync(cancellationToken);
        }

        // A stream that a GET opened does not end; that it opened is all that is asked.
        return request.Verb == Verb.Listen ? "" : await ReadAnswerAsync(response, cancellationToken);
    }

    /// <summary>The message of a stream that answers the request; what comes before it are notifications.</summary>
    private static async Task<string> ReadAnswerAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal) && line[5..].Trim() is { Length: > 0 } data && IsAnswer(data))
            {
                return data;
            }
        }

        throw new IOException("The stream ended before the answer.");
    }

    private static bool IsAnswer(string data)
    {
        using var message = JsonDocument.Parse(data);
        return message.RootElement.TryGetProperty("id", out _)
            && (message.RootElement.TryGetProperty("result", out _) || message.RootElement.TryGetProperty("error", out _));
    }

    private sealed record SignalCounts(Dictionary<string, long> Signals);
}
