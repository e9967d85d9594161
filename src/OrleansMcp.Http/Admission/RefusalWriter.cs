using OrleansMcp.Http.Responses;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Admission.Callers;
using OrleansMcp.Http.Endpoint;
using OrleansMcp.Protocol;

namespace OrleansMcp.Http.Admission;

/// <summary>Answers requests that are refused because of their credential: status, challenge and a body without details.</summary>
internal sealed class RefusalWriter(IChallenger challenger)
{
    public async Task WriteAsync(HttpContext context, Refusal refusal, JsonElement id = default)
    {
        if (refusal.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (refusal.Status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden)
        {
            context.Response.Headers.WWWAuthenticate = (await challenger.ChallengeAsync(context, refusal)).ToString();
        }

        await Replies.ErrorAsync(context, refusal.Status, RpcError.Refused, refusal.Message, id);
    }
}
