using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OrleansMcp.Http.Responses;

/// <summary>
/// A reply in JSON of which the head and some white space were sent before the body is known (RFC 8259, 2: insignificant whitespace). Its status
/// is 200; an error then says in its body what its status would have said.
/// </summary>
internal static class BegunJson
{
    private static readonly object s_begun = new();
    private static readonly byte[] s_space = "\n"u8.ToArray();

    /// <summary>Whether the request can still be answered: nothing was sent, or nothing but white space.</summary>
    public static bool MayAnswer(HttpContext context) => !context.Response.HasStarted || context.Items.ContainsKey(s_begun);

    /// <summary>Whether the head was sent, and the body may follow. True once.</summary>
    public static bool End(HttpContext context) => context.Response.HasStarted && context.Items.Remove(s_begun);

    /// <summary>Sends the head, if it was not sent, and white space.</summary>
    public static async ValueTask WriteAsync(HttpContext context)
    {
        var response = context.Response;
        if (!response.HasStarted)
        {
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = Replies.Json;
            response.Headers.CacheControl = "no-cache, no-transform";
            response.Headers["X-Accel-Buffering"] = "no";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            context.Items[s_begun] = true;
        }

        await response.BodyWriter.WriteAsync(s_space, context.RequestAborted);
    }
}
