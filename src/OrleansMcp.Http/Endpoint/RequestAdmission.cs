using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansMcp.Http.Callers;
using OrleansMcp.Http.Callers.Certificates;
using OrleansMcp.Http.Origins;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;

namespace OrleansMcp.Http.Endpoint;

/// <summary>
/// Admits every request to a session, at any URL: checks Origin and Host, then the credential. Also turns every exception into a response.
/// </summary>
internal sealed partial class RequestAdmission(
    OriginPolicy origins, CertifiedCallers callers, RefusalWriter refusals, ISignals signals, ILogger<RequestAdmission> logger)
{
    /// <param name="context">The request.</param>
    /// <param name="methods">The methods that pages of accepted origins may use at this URL.</param>
    /// <param name="handle">Handles the request of an authenticated caller.</param>
    public Task AdmitAsync(HttpContext context, string methods, Func<HttpContext, Caller, Task> handle) =>
        GuardAsync(context, (Door: this, methods, handle), static (context, to) => to.Door.JudgeAsync(context, to.methods, to.handle));

    /// <summary>
    /// Admits requests of operators: checks Origin and Host and handles exceptions in the same way, without a client's credential. Sends no
    /// CORS headers, so that no page of another origin can read the replies.
    /// </summary>
    public Task AdmitOthersAsync(HttpContext context, Func<HttpContext, Task> handle) => GuardAsync(
        context, (Door: this, handle), static (context, to) => to.Door.Accepts(context) ? to.handle(context) : to.Door.RefuseOriginAsync(context));

    private async Task GuardAsync<T>(HttpContext context, T to, Func<HttpContext, T, Task> handle)
    {
        try
        {
            await handle(context, to);
        }
        catch (BadHttpRequestException e)
        {
            // Kestrel throws it for a body that is too large, too slow or incomplete.
            await FailAsync(context, e.StatusCode, RpcError.InvalidRequest,
                e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The body is larger than this server accepts." : "The request is malformed.");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has disconnected.
        }
        catch (ThrottledException e)
        {
            context.Response.Headers.RetryAfter = e.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            await Replies.ErrorAsync(context, StatusCodes.Status429TooManyRequests, RpcError.Refused, e.Message, data: e.ToJson());
        }
        catch (TenantStoppedException e) when (!context.Response.HasStarted)
        {
            // StoppedTenants has logged the damage.
            await Replies.ErrorAsync(
                context, StatusCodes.Status503ServiceUnavailable, RpcError.InternalError, e.Message, data: TenantStoppedException.ToJson());
        }
        catch (SessionUnavailableException e)
        {
            LogUnreachable(logger, e);
            if (!context.Response.HasStarted)
            {
                context.Response.Headers.RetryAfter = SessionUnavailableException.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            }

            await FailAsync(context, StatusCodes.Status503ServiceUnavailable, RpcError.InternalError, e.Message);
        }
        catch (IOException e)
        {
            // The store could not write, or a connection broke. Nothing was acknowledged.
            LogUnavailable(logger, e);
            await FailAsync(context, StatusCodes.Status503ServiceUnavailable, RpcError.InternalError,
                "The server could not store the change, or does not know whether it did. Try again later.");
        }
        catch (Exception e)
        {
            LogFailed(logger, e);
            await FailAsync(context, StatusCodes.Status500InternalServerError, RpcError.InternalError, "The request failed on the server.");
        }
    }

    private Task JudgeAsync(HttpContext context, string methods, Func<HttpContext, Caller, Task> handle)
    {
        if (!Accepts(context))
        {
            return RefuseOriginAsync(context);
        }

        CrossOrigin.Allow(context);
        if (CrossOrigin.IsPreflight(context.Request))
        {
            CrossOrigin.Preflight(context, methods);
            return Task.CompletedTask;
        }

        var authenticating = callers.AuthenticateAsync(context);
        return authenticating.IsCompletedSuccessfully
            ? AnswerAsync(context, authenticating.Result, handle)
            : AnswerAsync(context, authenticating, handle);
    }

    private bool Accepts(HttpContext context) => origins.Accepts(context.Request);

    private Task RefuseOriginAsync(HttpContext context)
    {
        signals.Raise(new Signal(SignalName.OriginRejected, Who: null, What: "Origin or Host is not allowed"));
        return Replies.ErrorAsync(context, StatusCodes.Status403Forbidden, RpcError.Refused, "This origin or host is not allowed.");
    }

    private async Task AnswerAsync(HttpContext context, ValueTask<AuthenticationOutcome> authenticating, Func<HttpContext, Caller, Task> handle) =>
        await AnswerAsync(context, await authenticating, handle);

    private Task AnswerAsync(HttpContext context, AuthenticationOutcome outcome, Func<HttpContext, Caller, Task> handle) =>
        outcome.Caller is { } caller ? handle(context, caller) : refusals.WriteAsync(context, outcome.Refusal ?? Refusal.NoCredential);

    private static Task FailAsync(HttpContext context, int status, int code, string message)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return Replies.ErrorAsync(context, status, code, message);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A session could not be reached.")]
    private static partial void LogUnreachable(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A change could not be made durable.")]
    private static partial void LogUnavailable(ILogger logger, Exception exception);
}
