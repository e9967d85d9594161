using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization;
using OrleansMcp.Configuration;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Responses;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas.Requests;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tools;

namespace OrleansMcp.Http.Endpoint;

/// <summary>POST of 2026-07-28: reads and writes no session id; delivers to the actor of the principal, or of a handle.</summary>
internal sealed class SessionlessPostEndpoint(
    SessionLocator locator, RequestMeter meter, Catalogue catalogue, IConfigurationSource configuration, QuotaReplies overQuota, ReplyWriter replies)
{
    // A message to an overdue actor ends the actor and gets NotFound; the next attempt reaches a new one.
    private const int Attempts = 3;

    public async Task HandleAsync(Post post, McpMessage message)
    {
        if (SessionlessEnvelope.ProblemOf(post, message, ParametersOf) is { } problem)
        {
            await Replies.ErrorAsync(
                post.Context, StatusCodes.Status400BadRequest, problem.Code, problem.Message, message.Id, problem.Data);
            return;
        }

        if (message.Method != RequestMethods.SubscriptionsListen)
        {
            await DeliverAsync(post, message);
            return;
        }

        // It is answered by a stream, and open for as long.
        using var stream = meter.TryOpenStream(post.Caller, out var refusal);
        await (stream is null ? replies.WriteMessageAsync(post, overQuota.Of(message, isSessionless: true, refusal!)) : DeliverAsync(post, message));
    }

    private async Task DeliverAsync(Post post, McpMessage message)
    {
        if (HandleOf(message) is { } handle && locator.Find(handle, post.Caller, "handle") is { } session
            && await TryDeliverAsync(post, session, message, isHandle: true))
        {
            return;
        }

        // Without a handle, or with one that is not the caller's, the principal's actor answers. ToolLookup refuses such a handle, with the
        // same error for all.
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (await TryDeliverAsync(post, locator.OfPrincipal(post.Caller), message, isHandle: false))
            {
                return;
            }
        }

        await Replies.NotFoundAsync(post.Context, message.Id);
    }

    private async ValueTask<bool> TryDeliverAsync(Post post, ISession session, McpMessage message, bool isHandle)
    {
        var options = new PostOptions(post.Accepts.Stream, post.Version, isHandle);
        var reply = await session.PostAsync(post.Caller, message, options, post.Aborted);
        if (reply.Kind == ReplyKind.NotFound)
        {
            return false;
        }

        await replies.WriteAsync(post, session, reply, message.Id, isOwed: message.Method != RequestMethods.SubscriptionsListen);
        return true;
    }

    /// <summary>
    /// The required headers of a tool. Empty for a tool that the caller may not call, so that the error about a header does not reveal the
    /// tool; the session refuses the call.
    /// </summary>
    private IReadOnlyList<HeaderParameter> ParametersOf(Post post, string tool) =>
        configuration.Current.MayPermit(post.Caller, PermissionKind.Tool, tool) ? catalogue.HeaderParameters(tool) : [];

    private string? HandleOf(McpMessage message) =>
        message.Method == Methods.ToolsCall && message.Params.ValueKind == JsonValueKind.Object
        && message.Params.TryGetProperty("arguments"u8, out var arguments) && arguments.ValueKind == JsonValueKind.Object
        && arguments.TryGetProperty(SessionHandles.Argument, out var handle) && handle.ValueKind == JsonValueKind.String
        && message.Params.TryGetProperty("name"u8, out var name) && name.ValueKind == JsonValueKind.String
        && catalogue.TakesHandle(name.GetString()!)
            ? handle.GetString()
            : null;
}
