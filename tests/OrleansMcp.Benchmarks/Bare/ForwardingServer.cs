using System.Collections.Concurrent;

namespace OrleansMcp.Benchmarks.Bare;

/// <summary>
/// What a call through to another server costs before anything is done for it: Kestrel hands the request on with the same HTTP client as the server, over connections
/// of the session's own, and the response back, without looking at either.
/// </summary>
internal static class ForwardingServer
{
    private const string SessionId = "Mcp-Session-Id";

    /// <summary>Serves until it is told to stop.</summary>
    /// <param name="urls">Where it listens.</param>
    /// <param name="other">Where it hands requests on to.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<int> RunAsync(string urls, Uri other, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls);
        await using var app = builder.Build();
        var clients = new ConcurrentDictionary<string, HttpMessageInvoker>(StringComparer.Ordinal);
        app.MapGet("/readyz", static () => Results.Ok());
        app.Map("/mcp", context => ForwardAsync(context, clients.GetOrAdd(context.Request.Headers[SessionId].ToString(), static _ => NewClient()), other));
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private static HttpMessageInvoker NewClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null,
    });

    private static async Task ForwardAsync(HttpContext context, HttpMessageInvoker client, Uri other)
    {
        var body = new byte[context.Request.ContentLength ?? 0];
        await context.Request.Body.ReadExactlyAsync(body, context.RequestAborted);
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), other) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        foreach (var name in (string[])["Accept", SessionId, "Mcp-Protocol-Version"])
        {
            if (context.Request.Headers.TryGetValue(name, out var value))
            {
                request.Headers.TryAddWithoutValidation(name, value.ToString());
            }
        }

        using var response = await client.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        if (response.Headers.TryGetValues(SessionId, out var ids))
        {
            context.Response.Headers[SessionId] = ids.First();
        }

        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
