using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Signals;

namespace OrleansMcp.Http.Responses;

/// <summary>Replies that are one JSON body, and small.</summary>
internal static class Replies
{
    public const string Json = "application/json";

    public static Task JsonAsync(HttpContext context, int status, ReadOnlyMemory<byte> body)
    {
        BeginJson(context, status, body.Length);
        var written = context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
        return written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
    }

    /// <summary>Sets the head of a reply that is JSON, unless <see cref="BegunJson"/> has sent it.</summary>
    public static void BeginJson(HttpContext context, int status, int length)
    {
        var response = context.Response;
        if (BegunJson.End(context))
        {
            return;
        }

        response.StatusCode = status;
        response.ContentType = Json;
        response.ContentLength = length;
    }

    /// <summary>Says when to try again, if the head was not sent.</summary>
    public static void RetryAfter(HttpContext context, int seconds)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
    }

    public static Task ErrorAsync(HttpContext context, int status, int code, string message, JsonElement id = default, JsonNode? data = null) =>
        JsonAsync(context, status, RpcReply.Error(id, code, message, data));

    /// <summary>The request is over a quota. Who refused it has raised the signal.</summary>
    public static Task OverQuotaAsync(HttpContext context, QuotaRefusal refusal, JsonElement id = default)
    {
        RetryAfter(context, refusal.RetryAfterSeconds);
        return ErrorAsync(context, QuotaJson.StatusOf(refusal), RpcError.Refused, refusal.Message, id, QuotaJson.Of(refusal));
    }

    /// <summary>The client has named too many sessions that are not its own.</summary>
    public static Task ThrottledAsync(HttpContext context, ThrottledException throttled, JsonElement id = default)
    {
        RetryAfter(context, throttled.RetryAfterSeconds);
        return ErrorAsync(context, StatusCodes.Status429TooManyRequests, RpcError.Refused, throttled.Message, id, throttled.ToJson());
    }

    /// <summary>The same bytes for a session of another caller, an unknown session and an ended one.</summary>
    public static Task NotFoundAsync(HttpContext context, JsonElement id = default) =>
        ErrorAsync(context, StatusCodes.Status404NotFound, RpcError.SessionNotFound, "Session not found", id);

    public static Task UnsupportedVersionAsync(HttpContext context, JsonElement id = default) =>
        ErrorAsync(context, StatusCodes.Status400BadRequest, RpcError.InvalidRequest, "Unsupported protocol version.", id);

    public static Task NotAllowedAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return ErrorAsync(context, StatusCodes.Status405MethodNotAllowed, RpcError.Refused, "Method not allowed.");
    }

    public static Task NotAcceptableAsync(HttpContext context) => ErrorAsync(
        context, StatusCodes.Status406NotAcceptable, RpcError.Refused, "The client must accept application/json and text/event-stream.");
}
