using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Admission.Callers;
using OrleansMcp.Http.Admission.Callers.Certificates;
using OrleansMcp.Http.Admission.Origins;
using OrleansMcp.Http.Connections;
using OrleansMcp.Http.Responses;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;

namespace OrleansMcp.Http.Admission;

/// <summary>
/// What every request to a session passes before its endpoint, whichever URL it comes to: Origin and Host (<see cref="OriginPolicy"/>), then
/// the credential (<see cref="CertifiedCallers"/>). The endpoint goes on with the body, the scopes of the credential
/// (<see cref="ScopeGate"/>), and the session's id (<see cref="SessionLocator"/>).
/// </summary>
internal sealed class RequestAdmission(
    OriginPolicy origins, CertifiedCallers callers, VerifiedTokens tokens, RefusalWriter refusals, FailureResponses failures, ISignals signals)
{
    /// <param name="context">The request.</param>
    /// <param name="methods">The methods that pages of accepted origins may use here.</param>
    /// <param name="handle">Handles the request of a known caller.</param>
    public Task AdmitAsync(HttpContext context, string methods, Func<HttpContext, Caller, Task> handle) =>
        failures.GuardAsync(context, (admission: this, methods, handle), static (context, to) => to.admission.JudgeAsync(context, to.methods, to.handle));

    /// <summary>For requests that are no client's: the same Origin and Host, and the same failures. Pages of other origins read no replies.</summary>
    public Task AdmitOthersAsync(HttpContext context, Func<HttpContext, Task> handle) => failures.GuardAsync(
        context, (admission: this, handle),
        static (context, to) => to.admission.Accepts(context) ? to.handle(context) : to.admission.RefuseOriginAsync(context));

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

    private Task AnswerAsync(HttpContext context, AuthenticationOutcome outcome, Func<HttpContext, Caller, Task> handle)
    {
        if (outcome.Caller is not { } caller)
        {
            return refusals.WriteAsync(context, outcome.Refusal ?? Refusal.NoCredential);
        }

        tokens.Note(context, outcome);
        context.Features.Get<GuardedConnection>()?.Use(caller);
        return handle(context, caller);
    }
}
