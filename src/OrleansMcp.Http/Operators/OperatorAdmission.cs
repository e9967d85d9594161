using OrleansMcp.Http.Responses;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Endpoint;
using OrleansMcp.Protocol;

namespace OrleansMcp.Http.Operators;

/// <summary>What every request to <c>/ops</c> passes: that there are operators, Origin and Host, an operator's key, the method.</summary>
internal sealed class OperatorAdmission(RequestAdmission admission, OperatorAuthenticator operators)
{
    /// <param name="context">The request.</param>
    /// <param name="method">The one method that is served.</param>
    /// <param name="handle">Handles the request of the operator of that id.</param>
    public Task AdmitAsync(HttpContext context, string method, Func<HttpContext, string, Task> handle)
    {
        if (!operators.IsServed)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound; // As if there were no such endpoint.
            return Task.CompletedTask;
        }

        return admission.AdmitOthersAsync(context, async context =>
        {
            if (operators.Find(context.Request) is not { } id)
            {
                context.Response.Headers.WWWAuthenticate = "Bearer";
                await Replies.ErrorAsync(context, StatusCodes.Status401Unauthorized, RpcError.Refused, "An operator's key is needed.");
            }
            else if (context.Request.Method != method)
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
