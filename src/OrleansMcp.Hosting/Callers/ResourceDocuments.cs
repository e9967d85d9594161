using IConfigurationSource = OrleansMcp.Configuration.IConfigurationSource;

namespace OrleansMcp.Hosting.Callers;

/// <summary>
/// Which requests are for the metadata of the protected resource: the path of the resource, and the root that clients try next
/// (2025-11-25, authorization, Protected Resource Metadata Discovery).
/// </summary>
internal sealed class ResourceDocuments(IConfigurationSource configuration)
{
    /// <summary>Whether the request asks for a document that is there.</summary>
    public bool IsMeant(HttpContext context)
    {
        var request = context.Request;
        return request.Path.StartsWithSegments(ResourceMetadataOptions.WellKnown, StringComparison.Ordinal)
            && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            && configuration.Current.Identity is { Issuers.Count: > 0, Resource: { } resource }
            && (request.Path == ResourceMetadataOptions.WellKnown || request.Path == ResourceMetadataOptions.PathOf(resource));
    }

    /// <summary>The documents are public: pages of every origin may read them.</summary>
    public static Task AllowEveryOrigin(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        if (!HttpMethods.IsOptions(context.Request.Method))
        {
            return next(context);
        }

        headers.AccessControlAllowMethods = "GET";
        headers.AccessControlAllowHeaders = "*";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
