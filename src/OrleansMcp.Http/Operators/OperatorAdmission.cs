using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Connections;
using OrleansMcp.Http.Endpoint;
using OrleansMcp.Http.Responses;
using OrleansMcp.Protocol;

namespace OrleansMcp.Http.Operators;

/// <summary>Admits every request to <c>/ops</c>: checks that operators are configured, Origin and Host, the operator's key, and the method.</summary>
internal sealed class OperatorAdmission(RequestAdmission admission, OperatorAuthenticator operators)
{
    /// <param name="context">The request.</param>
    /// <param name="method">The one method that is served.</param>
    /// <param name="handle">Handles the request; gets the operator's id.</param>
    public Task AdmitAsync(HttpContext context, string method, Func<HttpContext, string, Task> handle)
    {
        if (!operators.IsServed)
        {
            return Replies.ErrorAsync(context, StatusCodes.Status404NotFound, RpcError.Refused, "The configuration has no operators, so nothing is served here.");
        }

        return admission.AdmitOthersAsync(context, async context =>
        {
            if (operators.Find(context.Request) is not { } id)
            {
                context.Response.Headers.WWWAuthenticate = "Bearer";
                await Replies.ErrorAsync(context, StatusCodes.Status401Unauthorized, RpcError.Refused, "An operator's key is needed.");
                return;
            }

            context.Features.Get<GuardedConnection>()?.Use(caller: null);
            if (context.Request.Method != method)
            {
                await Replies.NotAllowedAsync(context, method);
            }
            else
            {
                await handle(context, id);
            }
        });
    }
}
