using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Admission.Callers;
using OrleansMcp.Http.Responses;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Endpoint;

/// <summary>POST: reads the message and dispatches it by protocol revision, with or without sessions.</summary>
internal sealed class PostEndpoint(
    MessageReader reader, SessionPostEndpoint sessions, SessionlessPostEndpoint sessionless, ScopeGate scopes, RefusalWriter refusals)
{
    public async Task HandleAsync(HttpContext context, Caller caller)
    {
        var request = context.Request;
        if (!BodyReader.IsJson(request))
        {
            await Replies.ErrorAsync(context, StatusCodes.Status415UnsupportedMediaType, RpcError.Refused, "The body must be application/json in UTF-8.");
            return;
        }

        var accepts = AcceptedTypes.Of(request);
        if (!accepts.Json && !accepts.Stream)
        {
            await Replies.NotAcceptableAsync(context);
            return;
        }

        var body = await reader.ReadAsync(context, caller);
        if (body.Error is { } error)
        {
            await Replies.ErrorAsync(context, body.Status, error.Code, error.Message, error.Id);
            return;
        }

        try
        {
            await DispatchAsync(context, caller, accepts, body.Message, body.Batch);
        }
        finally
        {
            body.Release();
        }
    }

    private async Task DispatchAsync(
        HttpContext context, Caller caller, AcceptedTypes accepts, McpMessage? message, IReadOnlyList<McpMessage>? batch)
    {
        if ((batch is not null ? scopes.Judge(caller, batch) : scopes.Judge(caller, message!)) is { } refusal)
        {
            await refusals.WriteAsync(context, refusal, message?.Id ?? default);
            return;
        }

        var post = new Post(context, caller, accepts, McpHeaders.Get(context.Request, McpHeaders.ProtocolVersion));
        await (batch is not null ? sessions.HandleBatchAsync(post, batch)
            : SessionlessEnvelope.IsSessionless(message!, post.Version) ? sessionless.HandleAsync(post, message!)
            : sessions.HandleAsync(post, message!));
    }
}

/// <summary>A POST whose caller is authenticated and whose body is a message.</summary>
/// <param name="Context">The request.</param>
/// <param name="Caller">The sender.</param>
/// <param name="Accepts">The media types that the client accepts.</param>
/// <param name="Version">The <c>MCP-Protocol-Version</c> header.</param>
internal readonly record struct Post(HttpContext Context, Caller Caller, AcceptedTypes Accepts, string? Version)
{
    public CancellationToken Aborted => Context.RequestAborted;
}
