using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Tests.Upstreams.Tokens;

/// <summary>An error of RFC 6749, 5.2, or of RFC 8693, 2.2.2.</summary>
internal sealed class TokenRefusedException(string error, string description) : Exception($"{error}: {description}")
{
    /// <summary>The status, if it is not 400.</summary>
    public int Status { get; init; } = StatusCodes.Status400BadRequest;

    /// <summary>The value of WWW-Authenticate; null for none.</summary>
    public string? Challenge { get; init; }

    public static TokenRefusedException Client(string description) => new("invalid_client", description)
    {
        Status = StatusCodes.Status401Unauthorized, Challenge = "Basic realm=\"tokens\", charset=\"UTF-8\"",
    };

    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        context.Response.Headers.WWWAuthenticate = Challenge;
        var body = new JsonObject { ["error"] = error, ["error_description"] = description };
        await context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
