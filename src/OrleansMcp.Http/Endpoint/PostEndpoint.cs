using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Admission.Callers;
using OrleansMcp.Http.Responses;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas.Requests;
using OrleansMcp.Secrets.Callers;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;

namespace OrleansMcp.Http.Endpoint;

/// <summary>POST: reads the message and dispatches it by protocol revision, with or without sessions.</summary>
internal sealed class PostEndpoint(
    RequestMeter meter, VerifiedTokens tokens, MessageReader reader, SessionPostEndpoint sessions, SessionlessPostEndpoint sessionless, ScopeGate scopes, RefusalWriter refusals,
    QuotaReplies overQuota, ReplyWriter replies)
{
    public async Task HandleAsync(HttpContext context, Caller caller)
    {
        var refusal = await meter.AdmitAsync(caller, context.RequestAborted);
        var request = context.Request;
        if (BodyReader.TypeProblem(request) is { } problem)
        {
            await Replies.ErrorAsync(context, StatusCodes.Status415UnsupportedMediaType, RpcError.Refused, problem);
            return;
        }

        var accepts = AcceptedTypes.Of(request);
        if (!accepts.Json && !accepts.Stream)
        {
            await Replies.NotAcceptableAsync(context);
            return;
        }

        var body = await reader.ReadAsync(context, caller, refusal);
        if (body.Refusal is { } unread)
        {
            if (ReferenceEquals(unread, refusal))
            {
                meter.Refused(caller, unread); // Another quota's refusal was told by the reader.
            }

            await Replies.OverQuotaAsync(context, unread);
            await reader.DiscardAsync(context, caller);
            return;
        }

        if (body.Error is { } error)
        {
            await Replies.ErrorAsync(context, body.Status, error.Code, error.Message, error.Id);
            return;
        }

        try
        {
            using var token = tokens.Of(context);
            var post = new Post(context, caller, accepts, McpHeaders.Get(request, McpHeaders.ProtocolVersion), token);
            await (body.Batch is { } batch ? DispatchAsync(post, batch, refusal) : DispatchAsync(post, body.Message!, refusal));
        }
        finally
        {
            body.Release();
        }
    }

    private async Task DispatchAsync(Post post, McpMessage message, QuotaRefusal? refusal)
    {
        var isSessionless = message.IsSessionless(post.Version);
        if (refusal is not null && !message.IsNeverRefused)
        {
            meter.Refused(post.Caller, refusal);
            await replies.WriteMessageAsync(post, overQuota.Of(message, isSessionless, refusal));
        }
        else if (scopes.Judge(post.Caller, message) is { } denied)
        {
            await refusals.WriteAsync(post.Context, denied, message.Id);
        }
        else
        {
            try
            {
                await (isSessionless ? sessionless.HandleAsync(post, message) : sessions.HandleAsync(post, message));
            }
            catch (ThrottledException e)
            {
                await Replies.ThrottledAsync(post.Context, e, message.Id);
            }
        }
    }

    private async Task DispatchAsync(Post post, IReadOnlyList<McpMessage> batch, QuotaRefusal? refusal)
    {
        if (scopes.Judge(post.Caller, batch) is { } denied)
        {
            await refusals.WriteAsync(post.Context, denied, default);
            return;
        }

        refusal ??= meter.Admit(post.Caller, batch.Count - 1);
        if (refusal is not null && batch.Any(static message => !message.IsNeverRefused))
        {
            meter.Refused(post.Caller, refusal);
        }

        // The session refuses what of the batch may be refused, and takes the rest.
        await sessions.HandleBatchAsync(post with { Refusal = refusal }, batch);
    }
}

/// <summary>A POST whose caller is authenticated and whose body is a message.</summary>
/// <param name="Context">The request.</param>
/// <param name="Caller">The sender.</param>
/// <param name="Accepts">The media types that the client accepts.</param>
/// <param name="Version">The <c>MCP-Protocol-Version</c> header.</param>
/// <param name="Token">The caller's token, where a server wants it exchanged: it is zeroed with the end of the request unless a call still needs it.</param>
/// <param name="Refusal">The quota that a batch is over.</param>
internal readonly record struct Post(HttpContext Context, Caller Caller, AcceptedTypes Accepts, string? Version, CallerToken? Token, QuotaRefusal? Refusal = null)
{
    public CancellationToken Aborted => Context.RequestAborted;

    /// <summary>What a session is told of it beside its messages.</summary>
    public PostOptions Options => new(Accepts.Stream, Version, Refusal: Refusal) { Token = Token };
}
