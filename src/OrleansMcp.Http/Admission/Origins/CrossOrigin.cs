using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Http.Admission.Origins;

/// <summary>Lets pages of accepted origins read replies (the Fetch standard's CORS protocol). Credentials travel in headers, never in cookies.</summary>
internal static class CrossOrigin
{
    public static void Allow(HttpContext context)
    {
        var origin = context.Request.Headers.Origin;
        if (origin.Count == 1)
        {
            var headers = context.Response.Headers;
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlExposeHeaders = "Mcp-Session-Id, WWW-Authenticate, Retry-After";
            headers.Vary = "Origin";
        }
    }

    /// <summary>Answers a preflight. The request that follows is checked on its own.</summary>
    public static void Preflight(HttpContext context, string methods)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = methods;
        headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.ContainsKey("Access-Control-Request-Method");
}
