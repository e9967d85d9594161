using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansMcp.Configuration.Names;

namespace OrleansMcp.Server.Commands.Servers;

/// <summary>Asks a running server about another server's tools, as an operator.</summary>
internal sealed class OperatorClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _tools;

    public OperatorClient(Uri server, string key, string tenant, string name)
    {
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(60) };
        _http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        _tools = new Uri(server, $"/ops/tenants/{Uri.EscapeDataString(tenant)}/servers/{Uri.EscapeDataString(name)}/tools");
    }

    /// <summary>All tools.</summary>
    public async Task<ServerTools> ReadAsync(CancellationToken cancellationToken)
    {
        List<ServerTool> tools = [];
        string? after = null;
        do
        {
            var page = await SendAsync(HttpMethod.Get, after is null ? "" : $"?after={Uri.EscapeDataString(after)}", body: null, ServerToolsJson.Default.ToolPage, cancellationToken);
            tools.AddRange(page.Tools);
            after = page.Next;
        }
        while (after is not null);
        return new ServerTools(tools);
    }

    /// <summary>Approves definitions. Returns the tools that were not approved before.</summary>
    public async Task<IReadOnlyList<string>> ApproveAsync(IReadOnlyList<ToolDigest> asked, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.Serialize(new ApprovalAsk(asked), ServerToolsJson.Default.ApprovalAsk);
        return (await SendAsync(HttpMethod.Post, "", body, ServerToolsJson.Default.ApprovalAnswer, cancellationToken)).Approved;
    }

    /// <summary>Forgets tools.</summary>
    public async Task<IReadOnlyList<string>> ForgetAsync(IEnumerable<string> tools, CancellationToken cancellationToken)
    {
        var query = "?" + string.Join('&', tools.Select(static tool => $"tool={Uri.EscapeDataString(tool)}"));
        return (await SendAsync(HttpMethod.Delete, query, body: null, ServerToolsJson.Default.ForgetAnswer, cancellationToken)).Forgotten;
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(HttpMethod method, string query, string? body, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class
    {
        using var request = new HttpRequestMessage(method, new Uri(_tools, query.Length == 0 ? _tools.PathAndQuery : _tools.PathAndQuery + query));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return !response.IsSuccessStatusCode ? throw new OperatorException(ProblemIn(text, response.StatusCode), CodeOf(response.StatusCode))
                : JsonSerializer.Deserialize(text, type) ?? throw new JsonException("There is nothing.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or InvalidOperationException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new OperatorException($"There was no answer that can be used: {LookAlike.Shown(e.Message)}", ExitCode.Inconclusive);
        }
    }

    private static int CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Conflict => ExitCode.Failed,
        >= HttpStatusCode.InternalServerError => ExitCode.Inconclusive,
        _ => ExitCode.Misused,
    };

    private static string ProblemIn(string text, HttpStatusCode status)
    {
        try
        {
            using var reply = JsonDocument.Parse(text);
            return LookAlike.Visible(reply.RootElement.GetProperty("error").GetProperty("message").GetString() ?? "");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"The server answered with {(int)status}.";
        }
    }
}

/// <summary>The server did not do what it was asked.</summary>
internal sealed class OperatorException(string message, int code) : Exception(message)
{
    /// <summary>An <see cref="ExitCode"/>.</summary>
    public int Code => code;
}
