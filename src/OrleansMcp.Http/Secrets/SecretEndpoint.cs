using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Configuration;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Admission.Callers;
using OrleansMcp.Http.Endpoint;
using OrleansMcp.Http.Responses;
using OrleansMcp.Http.Transfers;
using OrleansMcp.Memory;
using OrleansMcp.Protocol;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;

namespace OrleansMcp.Http.Secrets;

/// <summary>
/// <c>PUT</c> and <c>DELETE /mcp/secrets/{name}</c>: the owner of a session stores a secret in it, sent as the raw body, or removes one.
/// <c>Mcp-Session-Id</c> names the session or a handle of 2026-07-28; a request of 2026-07-28 without it is for the principal's own actor.
/// </summary>
internal sealed class SecretEndpoint(
    RequestAdmission admission, RequestDoor door, ScopeGate scopes, RefusalWriter refusals, SessionLocator locator, SecretSender sender,
    HeldMemory memory, IConfigurationSource configuration, ISignals signals, TimeProvider time)
{
    internal const string NameParameter = "name";
    private const string Verbs = "PUT, DELETE";

    // A request to an overdue actor ends the actor and gets NotFound; the next attempt reaches a new one.
    private const int PrincipalAttempts = 3;

    public async Task HandleAsync(HttpContext context)
    {
        await admission.AdmitAsync(context, Verbs, (context, caller) => door.PassAsync(context, caller, RouteAsync));
        if (HttpMethods.IsPut(context.Request.Method))
        {
            await SecretBody.WipeRestAsync(context.Request); // After the answer, for a PUT that was refused before its body was read.
        }
    }

    private Task RouteAsync(HttpContext context, Caller caller)
    {
        var method = context.Request.Method;
        return HttpMethods.IsPut(method) ? JudgeAsync(context, caller, Methods.SecretsPut, PutAsync)
            : HttpMethods.IsDelete(method) ? JudgeAsync(context, caller, Methods.SecretsDelete, DeleteAsync)
            : Replies.NotAllowedAsync(context, Verbs);
    }

    private Task JudgeAsync(HttpContext context, Caller caller, string method, Func<HttpContext, Caller, Task> handle) =>
        scopes.Judge(caller, method) is { } refusal ? refusals.WriteAsync(context, refusal) : handle(context, caller);

    private async Task PutAsync(HttpContext context, Caller caller)
    {
        var name = NameOf(context);
        if ((NameProblem(name) ?? BodyProblem(context.Request)) is { } problem)
        {
            await WriteAsync(context, problem);
            return;
        }

        if (await TargetAsync(context, caller, "PUT of a secret") is not { } key)
        {
            return;
        }

        var length = (int)context.Request.ContentLength!.Value;
        using var held = memory.Hold(caller);
        if (!held.TryTake(JsonCost.Request + length, out var refusal))
        {
            signals.Raise(Signal.OverQuota(caller, refusal));
            throw new QuotaExceededException(refusal);
        }

        var secret = await ReadAsync(context.Request, length);
        SecretReply reply;
        try
        {
            reply = await RepeatAsync(key, () => sender.SendAsync(key, caller, name, secret, context.RequestAborted));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }

        await ReplyAsync(context, reply);
    }

    private async Task<byte[]> ReadAsync(HttpRequest request, int length)
    {
        using var deadline = new TransferDeadline(time, configuration.Current.Endpoint, request.BodyReader.CancelPendingRead);
        return await SecretBody.ReadAsync(request, length);
    }

    private async Task DeleteAsync(HttpContext context, Caller caller)
    {
        var name = NameOf(context);
        if (NameProblem(name) is { } problem)
        {
            await WriteAsync(context, problem);
        }
        else if (await TargetAsync(context, caller, "DELETE of a secret") is { } key)
        {
            await ReplyAsync(context, await RepeatAsync(key, () => locator.Get(key).DeleteSecretAsync(caller, name, context.RequestAborted)));
        }
    }

    /// <summary>The key of the actor that a request is for; null when the request was refused and answered.</summary>
    private async ValueTask<SessionKey?> TargetAsync(HttpContext context, Caller caller, string what)
    {
        if (!McpHeaders.TryGetVersion(context.Request, out var version))
        {
            await Replies.UnsupportedVersionAsync(context);
            return null;
        }

        if (McpHeaders.Get(context.Request, McpHeaders.SessionId) is { } id)
        {
            var key = locator.FindKey(id, caller, what);
            if (key is null)
            {
                await Replies.NotFoundAsync(context);
            }

            return key;
        }

        if (ProtocolVersions.IsSessionless(version))
        {
            return SessionOwner.PrincipalKey(caller);
        }

        await Replies.ErrorAsync(context, StatusCodes.Status400BadRequest, RpcError.Refused, "The header Mcp-Session-Id is required.");
        return null;
    }

    private static async ValueTask<SecretReply> RepeatAsync(SessionKey key, Func<ValueTask<SecretReply>> send)
    {
        var reply = await send();
        for (var attempt = 2; attempt <= PrincipalAttempts && key.IsPrincipal && reply.Outcome == SecretOutcome.NotFound; attempt++)
        {
            reply = await send();
        }

        return reply;
    }

    private static string NameOf(HttpContext context) => (string)context.Request.RouteValues[NameParameter]!;

    private Problem? NameProblem(string name) => SecretName.IsValid(name) ? null : ProblemOf(SecretRefusals.BadName);

    private Problem? BodyProblem(HttpRequest request) =>
        request.Headers.ContentEncoding.Count > 0
            ? new(StatusCodes.Status415UnsupportedMediaType, "A secret is taken as it comes; send it without a content encoding.")
        : request.ContentLength is not { } length
            ? new(StatusCodes.Status411LengthRequired, "The length of a secret must be announced (Content-Length).")
        : length == 0
            ? new(StatusCodes.Status400BadRequest, "A secret may not be empty.", SecretRefusals.BadSize)
        : length > configuration.Current.Sessions.MaxSecretBytes ? ProblemOf(SecretRefusals.BadSize)
        : null;

    private async Task ReplyAsync(HttpContext context, SecretReply reply)
    {
        switch (reply.Outcome)
        {
            case SecretOutcome.Stored:
                context.Response.StatusCode = StatusCodes.Status201Created;
                break;
            case SecretOutcome.Replaced or SecretOutcome.Deleted or SecretOutcome.Absent:
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case SecretOutcome.OverQuota:
                await Replies.OverQuotaAsync(context, reply.Refusal!);
                break;
            case SecretOutcome.NotFound:
                await Replies.NotFoundAsync(context);
                break;
            default:
                await WriteAsync(context, ProblemOf(reply.Code!));
                break;
        }
    }

    private Problem ProblemOf(string code)
    {
        var limits = configuration.Current.Sessions;
        return code switch
        {
            SecretRefusals.BadName => new(StatusCodes.Status400BadRequest,
                "A secret's name is made of 1 to 64 lower-case letters, digits, '.', '_' and '-'.", code),
            SecretRefusals.BadSize => new(StatusCodes.Status413PayloadTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"A secret may take {limits.MaxSecretBytes} bytes."), code),
            SecretRefusals.TooMany => new(StatusCodes.Status409Conflict,
                string.Create(CultureInfo.InvariantCulture, $"A session may hold {limits.MaxSecrets} secrets; delete one first."), code),
            SecretRefusals.Reserved => new(StatusCodes.Status409Conflict, "The operator gives the secret of that name.", code),
            _ => new(StatusCodes.Status503ServiceUnavailable, "The secret did not reach its session; nothing was changed. Try again.", code),
        };
    }

    private static Task WriteAsync(HttpContext context, Problem problem) => Replies.ErrorAsync(
        context, problem.Status, RpcError.Refused, problem.Message, default,
        problem.Code is null ? null : new JsonObject { ["code"] = problem.Code });

    private sealed record Problem(int Status, string Message, string? Code = null);
}
