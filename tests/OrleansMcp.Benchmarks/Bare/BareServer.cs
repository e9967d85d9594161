using System.Buffers;
using System.Text.Json;

namespace OrleansMcp.Benchmarks.Bare;

/// <summary>
/// What the server is compared with: Kestrel alone, no routing, no authentication, no session. It reads the body, parses it, looks at the
/// method and answers with fixed bytes.
/// </summary>
internal static class BareServer
{
    public static readonly byte[] Reply =
        """{"jsonrpc":"2.0","id":1000000000,"result":{"content":[{"type":"text","text":"session 00000 call 000000000"}]}}"""u8.ToArray();

    public static Task<int> RunAsync(string urls, CancellationToken cancellationToken) =>
        RunAsync(urls, static _ => Task.CompletedTask, cancellationToken);

    /// <summary>The same, which does something before it answers.</summary>
    public static async Task<int> RunAsync(string urls, Func<HttpRequest, Task> beforeReply, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls);
        await using var app = builder.Build();
        app.Run(context => AnswerAsync(context, beforeReply));
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private static async Task AnswerAsync(HttpContext context, Func<HttpRequest, Task> beforeReply)
    {
        var reader = context.Request.BodyReader;
        var read = await reader.ReadAsync(context.RequestAborted);
        while (!read.IsCompleted)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await reader.ReadAsync(context.RequestAborted);
        }

        var known = IsCall(read.Buffer);
        reader.AdvanceTo(read.Buffer.End);
        await beforeReply(context.Request);

        var response = context.Response;
        response.StatusCode = known ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        response.ContentType = "application/json";
        response.ContentLength = Reply.Length;
        await response.BodyWriter.WriteAsync(Reply, context.RequestAborted);
    }

    // GET /readyz comes without a body and is answered as well.
    private static bool IsCall(ReadOnlySequence<byte> body)
    {
        if (body.IsEmpty)
        {
            return true;
        }

        using var message = JsonDocument.Parse(body);
        return message.RootElement.GetProperty("method"u8).ValueEquals("tools/call"u8);
    }
}
