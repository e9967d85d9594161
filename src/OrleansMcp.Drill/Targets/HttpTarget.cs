using System.Text.Json;

namespace OrleansMcp.Drill.Targets;

/// <summary>A server at a URL, over the transport of 2025-11-25 (Streamable HTTP).</summary>
internal sealed class HttpTarget : IDrillTarget, IDisposable
{
    private readonly HttpClient _http;
    private readonly DrillServer _server;

    public HttpTarget(DrillServer server)
    {
        _server = server;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(30) };
    }

    public async Task<DrillReply> SendAsync(DrillRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var message = HttpRequests.Compose(_server, request);
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var (body, progress) = await ReadAsync(request, response, cancellationToken);
            return new DrillReply(
                (int)response.StatusCode, body, HttpRequests.SessionOf(response), response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero) { Progress = progress };
        }
        catch (Exception e) when (e is JsonException || IsOfTheWire(e, cancellationToken))
        {
            return DrillReply.None;
        }
    }

    public async Task<SignalReading> SignalsAsync(CancellationToken cancellationToken)
    {
        if (_server.OperatorKey is null)
        {
            return SignalReading.WithoutKey;
        }

        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Url, "/ops/signals"));
        message.Headers.Authorization = new("Bearer", _server.OperatorKey);
        try
        {
            using var response = await _http.SendAsync(message, cancellationToken);
            return !response.IsSuccessStatusCode ? SignalReading.Of(response.StatusCode)
                : JsonSerializer.Deserialize<SignalCounts>(await response.Content.ReadAsStringAsync(cancellationToken), JsonSerializerOptions.Web)
                    is { Signals: { } counts } ? new(counts, Problem: null)
                : SignalReading.Unreadable;
        }
        catch (JsonException)
        {
            return SignalReading.Unreadable;
        }
        catch (Exception e) when (IsOfTheWire(e, cancellationToken))
        {
            return SignalReading.WithoutAnswer;
        }
    }

    public void Dispose() => _http.Dispose();

    private static bool IsOfTheWire(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static async Task<(string Body, IReadOnlyList<string> Progress)> ReadAsync(
        DrillRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType != EventStream.MediaType)
        {
            return (await response.Content.ReadAsStringAsync(cancellationToken), []);
        }

        // A stream that a GET opened does not end: its status says that it was opened, and that is all the drill asks.
        return request.Kind == RequestKind.OpenStream
            ? ("", [])
            : await EventStream.ReadAnswerAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken);
    }

    private sealed record SignalCounts(Dictionary<string, long>? Signals);
}
