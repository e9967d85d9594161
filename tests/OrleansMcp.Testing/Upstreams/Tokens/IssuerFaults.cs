using System.Net.Mime;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Tests.Upstreams.Tokens;

/// <summary>What a token endpoint may answer that nobody wants, for <see cref="TokenIssuer.Instead"/>.</summary>
internal static class IssuerFaults
{
    /// <summary>No JSON, though it says so.</summary>
    public static RequestDelegate Garbage { get; } = context => WriteAsync(context, "<html>{\"access_token\":", StatusCodes.Status200OK);

    /// <summary>No answer, ever.</summary>
    public static RequestDelegate Never { get; } = static context => Task.Delay(Timeout.Infinite, context.RequestAborted);

    /// <summary>An error that quotes all it was sent.</summary>
    public static RequestDelegate Quoting { get; } = async context =>
    {
        var received = await ReceivedRequest.ReadAsync(context.Request, context.RequestAborted);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var quoted = string.Join(' ', form.Select(field => $"{field.Key}={field.Value}").Concat(received.Headers.Values));
        await WriteAsync(context, new JsonObject { ["error"] = "invalid_grant", ["error_description"] = quoted }.ToJsonString(), StatusCodes.Status400BadRequest);
    };

    /// <summary>An error of RFC 6749, 5.2, or any other.</summary>
    public static RequestDelegate Error(string error, int status = StatusCodes.Status400BadRequest) =>
        context => WriteAsync(context, new JsonObject { ["error"] = error, ["error_description"] = "On demand." }.ToJsonString(), status);

    /// <summary>A status without a body.</summary>
    public static RequestDelegate Status(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    /// <summary>Any JSON, as an answer that went well.</summary>
    public static RequestDelegate Answer(JsonNode body)
    {
        var text = body.ToJsonString();
        return context => WriteAsync(context, text, StatusCodes.Status200OK);
    }

    /// <summary>A token of so many characters.</summary>
    public static RequestDelegate Oversized(int characters) =>
        Answer(new JsonObject { ["access_token"] = new string('t', characters), ["token_type"] = "Bearer", ["expires_in"] = 3600 });

    /// <summary>Sends the client elsewhere, with what it sent (307).</summary>
    public static RequestDelegate Redirect(Uri target) => context =>
    {
        context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        context.Response.Headers.Location = target.ToString();
        return Task.CompletedTask;
    };

    private static async Task WriteAsync(HttpContext context, string body, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = MediaTypeNames.Application.Json;
        await context.Response.WriteAsync(body, context.RequestAborted);
    }
}
