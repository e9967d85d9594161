using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Tests.Upstreams.Scripted;

/// <summary>One message that reached a <see cref="ScriptedUpstream"/>, and the ways to answer it.</summary>
internal sealed class ScriptedCall
{
    private const int Chunk = 64 * 1024;

    private ScriptedCall(ScriptedUpstream upstream, HttpContext context, JsonNode? message, string method) =>
        (Upstream, Context, Message, Method) = (upstream, context, message, method);

    public ScriptedUpstream Upstream { get; }

    public HttpContext Context { get; }

    /// <summary>The message; null without one, as in a GET.</summary>
    public JsonNode? Message { get; }

    /// <summary>The JSON-RPC method, or <c>response</c>; the HTTP method without a message.</summary>
    public string Method { get; }

    /// <summary>How many of this method it is, from 1.</summary>
    public int Number { get; set; }

    public JsonNode? Id => (Message as JsonObject)?["id"];

    public JsonObject? Parameters => (Message as JsonObject)?["params"] as JsonObject;

    /// <summary>The value of the Authorization header.</summary>
    public string? Authorization => Context.Request.Headers.Authorization is [{ } value] ? value : null;

    public string? SessionId => Context.Request.Headers["Mcp-Session-Id"] is [{ } value] ? value : null;

    /// <summary>Whether the client says that it speaks 2026-07-28.</summary>
    public bool IsSessionless => Context.Request.Headers["MCP-Protocol-Version"] == "2026-07-28";

    /// <summary>The client has gone.</summary>
    public CancellationToken Gone => Context.RequestAborted;

    public static ScriptedCall Of(ScriptedUpstream upstream, HttpContext context, ReceivedRequest received)
    {
        var message = received.Body.Length == 0 ? null : Parse(received.Body);
        return new ScriptedCall(upstream, context, message, received.Methods[0]);
    }

    /// <summary>Answers with a result, and with what the sessionless era wants of every result.</summary>
    public Task ResultAsync(JsonObject result) => SendAsync(Response(result));

    public Task ErrorAsync(int code, string text, int status = StatusCodes.Status200OK, JsonNode? data = null) =>
        SendAsync(Error(code, text, data).ToJsonString(), status: status);

    /// <summary>The response with a result; <paramref name="id"/> instead of the true one, if there is one.</summary>
    public string Response(JsonObject result, JsonNode? id = null)
    {
        var complete = (JsonObject)result.DeepClone();
        if (Upstream.Era == UpstreamEra.Sessionless)
        {
            complete.TryAdd("resultType", "complete");
            if (Method.EndsWith("/list", StringComparison.Ordinal) || Method == "server/discover")
            {
                complete.TryAdd("ttlMs", 0);
                complete.TryAdd("cacheScope", "private");
            }
        }

        return new JsonObject { ["jsonrpc"] = "2.0", ["id"] = (id ?? Id)?.DeepClone(), ["result"] = complete }.ToJsonString();
    }

    /// <summary>Answers with one body.</summary>
    public Task SendAsync(string body, string type = MediaTypeNames.Application.Json, int status = StatusCodes.Status200OK)
    {
        Begin(type, status);
        return WriteAsync(Encoding.UTF8.GetBytes(body));
    }

    /// <summary>Answers with a body that has so many bytes of padding in the middle, ASCII; nobody holds them all.</summary>
    public async Task SendPaddedAsync(string before, long padding, string after)
    {
        Begin(MediaTypeNames.Application.Json, StatusCodes.Status200OK);
        await WriteAsync(Encoding.UTF8.GetBytes(before));
        var chunk = Encoding.ASCII.GetBytes(new string('x', Chunk));
        for (var left = padding; left > 0; left -= chunk.Length)
        {
            await WriteAsync(chunk.AsMemory(0, (int)Math.Min(left, chunk.Length)));
        }

        await WriteAsync(Encoding.UTF8.GetBytes(after));
    }

    /// <summary>Begins a stream of events.</summary>
    public async Task StreamAsync()
    {
        Begin("text/event-stream", StatusCodes.Status200OK);
        await Context.Response.Body.FlushAsync(Gone);
    }

    /// <summary>Writes an event to the stream.</summary>
    public Task EventAsync(string message) => WriteAsync(Encoding.UTF8.GetBytes($"event: message\ndata: {message}\n\n"));

    /// <summary>Writes bytes as they are.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        Gone.ThrowIfCancellationRequested();
        await Context.Response.Body.WriteAsync(bytes, Gone);
        await Context.Response.Body.FlushAsync(Gone);
        Upstream.Sent(bytes.Length);
    }

    /// <summary>Says nothing more, until the client has gone.</summary>
    public Task HoldAsync() => Task.Delay(Timeout.Infinite, Gone);

    /// <summary>Cuts the connection.</summary>
    public void Reset() => Context.Abort();

    private JsonObject Error(int code, string text, JsonNode? data)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = text };
        if (data is not null)
        {
            error["data"] = data;
        }

        return new JsonObject { ["jsonrpc"] = "2.0", ["id"] = Id?.DeepClone(), ["error"] = error };
    }

    private void Begin(string type, int status)
    {
        Context.Response.StatusCode = status;
        Context.Response.ContentType = type;
    }

    private static JsonNode? Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return null; // The objection to it is made where the era's rules are kept.
        }
    }
}
