using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;

namespace OrleansMcp.Http.Responses;

/// <summary>What every failure of a request looks like from outside, and in the log: there once a minute for each kind of exception.</summary>
internal sealed partial class FailureResponses(TimeProvider time, ILogger<FailureResponses> logger)
{
    private readonly LogThrottle _throttle = new();

    /// <summary>Runs <paramref name="handle"/> and answers with what its exception means.</summary>
    /// <param name="context">The request.</param>
    /// <param name="to">What <paramref name="handle"/> gets, so that it needs no closure.</param>
    /// <param name="handle">Handles the request.</param>
    public async Task GuardAsync<T>(HttpContext context, T to, Func<HttpContext, T, Task> handle)
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
            await Replies.ThrottledAsync(context, e);
        }
        catch (QuotaExceededException e) when (BegunJson.MayAnswer(context))
        {
            await Replies.OverQuotaAsync(context, e.Refusal);
        }
        catch (TenantStoppedException e) when (BegunJson.MayAnswer(context))
        {
            // StoppedTenants has logged the damage.
            await Replies.ErrorAsync(
                context, StatusCodes.Status503ServiceUnavailable, RpcError.InternalError, e.Message, data: TenantStoppedException.ToJson());
        }
        catch (SessionUnavailableException e)
        {
            if (Admits(e, out var suppressed))
            {
                LogUnreachable(logger, e, suppressed);
            }

            Replies.RetryAfter(context, SessionUnavailableException.RetryAfterSeconds);
            await FailAsync(context, StatusCodes.Status503ServiceUnavailable, RpcError.InternalError, e.Message);
        }
        catch (IOException e)
        {
            // The store could not write, or a connection broke. Nothing was acknowledged.
            if (Admits(e, out var suppressed))
            {
                LogUnavailable(logger, e, suppressed);
            }

            await FailAsync(context, StatusCodes.Status503ServiceUnavailable, RpcError.InternalError,
                "The server could not store the change, or does not know whether it did. Try again later.");
        }
        catch (Exception e)
        {
            if (Admits(e, out var suppressed))
            {
                LogFailed(logger, e, suppressed);
            }

            await FailAsync(context, StatusCodes.Status500InternalServerError, RpcError.InternalError, "The request failed on the server.");
        }
    }

    private bool Admits(Exception exception, out long suppressed) =>
        _throttle.Admits(exception.GetType().Name, tenant: null, client: null, time.GetUtcNow(), out suppressed);

    private static Task FailAsync(HttpContext context, int status, int code, string message)
    {
        if (!BegunJson.MayAnswer(context))
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return Replies.ErrorAsync(context, status, code, message);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A session could not be reached ({Suppressed} more were not logged).")]
    private static partial void LogUnreachable(ILogger logger, Exception exception, long suppressed);

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed ({Suppressed} more were not logged).")]
    private static partial void LogFailed(ILogger logger, Exception exception, long suppressed);

    [LoggerMessage(Level = LogLevel.Error, Message = "A change could not be made durable ({Suppressed} more were not logged).")]
    private static partial void LogUnavailable(ILogger logger, Exception exception, long suppressed);
}
