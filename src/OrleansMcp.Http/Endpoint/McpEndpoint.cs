using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Responses;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Endpoint;

/// <summary>The MCP URL: routes requests by their HTTP method.</summary>
internal sealed class McpEndpoint(
    RequestAdmission admission, RequestDoor door, PostEndpoint post, ListenEndpoint listen, DeleteEndpoint delete)
{
    private const string Verbs = "GET, POST, DELETE";

    public Task HandleAsync(HttpContext context) => admission.AdmitAsync(context, Verbs, RouteAsync);

    private Task RouteAsync(HttpContext context, Caller caller)
    {
        var method = context.Request.Method;
        return HttpMethods.IsPost(method) ? post.HandleAsync(context, caller)
            : HttpMethods.IsGet(method) ? door.PassAsync(context, caller, listen.HandleAsync)
            : HttpMethods.IsDelete(method) ? door.CountAsync(context, caller, delete.HandleAsync)
            : door.PassAsync(context, caller, static (context, _) => Replies.NotAllowedAsync(context, Verbs));
    }
}
