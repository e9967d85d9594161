using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Responses;
using OrleansMcp.Quotas.Requests;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Admission;

/// <summary>
/// Counts each request of a known caller (<see cref="RequestMeter"/>) before anything else is done about it, and refuses it when its client has
/// used up its quota. POST counts for itself, because it depends on the message whether it may be refused.
/// </summary>
internal sealed class RequestDoor(RequestMeter meter)
{
    /// <summary>Handles a request that may be refused.</summary>
    public async Task PassAsync(HttpContext context, Caller caller, Func<HttpContext, Caller, Task> handle)
    {
        if (await meter.AdmitAsync(caller, context.RequestAborted) is { } refusal)
        {
            meter.Refused(caller, refusal);
            await Replies.OverQuotaAsync(context, refusal);
            return;
        }

        await handle(context, caller);
    }

    /// <summary>Handles a request that is counted and never refused, such as the end of a session.</summary>
    public async Task CountAsync(HttpContext context, Caller caller, Func<HttpContext, Caller, Task> handle)
    {
        await meter.CountAsync(caller, CancellationToken.None); // An end that was asked for comes also when the client hangs up.
        await handle(context, caller);
    }

    /// <summary>Opens a stream that listens; it counts as open until it is disposed.</summary>
    /// <exception cref="QuotaExceededException">The client, or its tenant, has as many open as it may.</exception>
    public IDisposable OpenStream(Caller caller) => meter.TryOpenStream(caller, out var refusal) ?? throw new QuotaExceededException(refusal!);
}
