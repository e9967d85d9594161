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
    SessionLocator locator, PrincipalDelivery principals, JsonKeepAlive keepAlive, RequestMeter meter, Catalogue catalogue, IConfigurationSource configuration, QuotaReplies overQuota, ReplyWriter replies)
{
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
        var options = post.Options;
        if (HandleOf(message) is { } handle && locator.Find(handle, post.Caller, "handle") is { } handled)
        {
            var answer = await keepAlive.WaitAsync(post, handled.PostAsync(post.Caller, message, options with { IsHandle = true }, post.Aborted));
            if (answer.Kind != ReplyKind.NotFound)
            {
                await WriteAsync(post, handled, answer, message);
                return;
            }
        }

        // Without a handle, or with one that is not the caller's, the principal's actor answers. ToolLookup refuses such a handle, with the
        // same error for all.
        var (session, reply) = await principals.DeliverAsync(post, message, options);
        await WriteAsync(post, session, reply, message);
    }

    private Task WriteAsync(Post post, ISession session, SessionReply reply, McpMessage message) =>
        replies.WriteAsync(post, session, reply, message.Id, isOwed: message.Method != RequestMethods.SubscriptionsListen);

    /// <summary>
    /// The required headers of a tool. Empty for a tool that the caller may not call, so that the error about a header does not reveal the
    /// tool; the session refuses the call.
    /// </summary>
    private IReadOnlyList<HeaderParameter> ParametersOf(Post post, string tool) =>
        configuration.Current.MayPermit(post.Caller, PermissionKind.Tool, tool) ? catalogue.HeaderParameters(tool) : [];

    private string? HandleOf(McpMessage message) =>
        message.Method == Methods.ToolsCall && message.Params.ValueKind == JsonValueKind.Object
        && message.Params.TryGetProperty("arguments"u8, out var arguments) && arguments.ValueKind == JsonValueKind.Object
        && message.Params.TryGetProperty("name"u8, out var name) && name.ValueKind == JsonValueKind.String
        && catalogue.HandleArgumentOf(name.GetString()!) is { } argument
        && arguments.TryGetProperty(argument, out var handle) && handle.ValueKind == JsonValueKind.String
            ? handle.GetString()
            : null;
}
