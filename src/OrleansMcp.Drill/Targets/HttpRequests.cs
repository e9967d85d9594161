using System.Net.Http.Headers;
using System.Text;

namespace OrleansMcp.Drill.Targets;

/// <summary>Writes a <see cref="DrillRequest"/> as an HTTP request.</summary>
internal static class HttpRequests
{
    private const string Json = "application/json";
    private const string SessionHeader = "Mcp-Session-Id";
    private const string VersionHeader = "MCP-Protocol-Version";

    public static HttpRequestMessage Compose(DrillServer server, DrillRequest request)
    {
        var message = new HttpRequestMessage(
            MethodOf(request.Kind), new Uri(server.Url, request.Kind == RequestKind.PutSecret ? $"/mcp/secrets/{request.Argument}" : "/mcp"));
        message.Headers.Authorization = new("Bearer", server.Keys[request.Client]);
        message.Headers.Add(VersionHeader, McpMessage.Version);
        message.Headers.Accept.Add(new(EventStream.MediaType));
        if (request.Kind != RequestKind.OpenStream)
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
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.Kind == RequestKind.PutSecret ? "application/octet-stream" : Json);
        }

        return message;
    }

    /// <summary>The id of the session that a response opened, or null.</summary>
    public static string? SessionOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(SessionHeader, out var values) ? values.FirstOrDefault() : null;

    private static HttpMethod MethodOf(RequestKind kind) => kind switch
    {
        RequestKind.Post => HttpMethod.Post,
        RequestKind.OpenStream => HttpMethod.Get,
        RequestKind.EndSession => HttpMethod.Delete,
        _ => HttpMethod.Put,
    };
}
