using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Reading;

/// <summary>
/// Lists the tools, prompts and resources that a session may use, within the SDK's filters. Filters may remove items; an item that a filter
/// adds is listed if the session may use it.
/// </summary>
internal sealed class ListMethods(
    Catalogue catalogue, SessionAuthorization authorization, SessionPolicy policy, IConfigurationSource configuration, HandlerEnvironment environment,
    ReplyWriter replies)
{
    private McpRequestHandler<ListToolsRequestParams, ListToolsResult>? _tools;
    private McpRequestHandler<ListPromptsRequestParams, ListPromptsResult>? _prompts;
    private McpRequestHandler<ListResourcesRequestParams, ListResourcesResult>? _resources;
    private McpRequestHandler<ListResourceTemplatesRequestParams, ListResourceTemplatesResult>? _templates;

    public byte[] Discover(RunningCall call) => replies.Write(call, Greeting.Discover(catalogue));

    public async ValueTask<byte[]> ListToolsAsync(RunningCall call)
    {
        var handler = RequestFilters.Around(environment.Filters.ListToolsFilters, ListToolsAsync, ref _tools);
        var result = await environment.RunAsync(handler, call, ListPage.ParamsOf<ListToolsRequestParams>(call));
        result.Tools = [.. result.Tools.Where(tool => MayUse(call, PermissionKind.Tool, tool.Name)).Select(tool => ListingOf(call, tool))];
        return replies.Write(call, result);
    }

    public async ValueTask<byte[]> ListPromptsAsync(RunningCall call)
    {
        var handler = RequestFilters.Around(environment.Filters.ListPromptsFilters, ListPromptsAsync, ref _prompts);
        var result = await environment.RunAsync(handler, call, ListPage.ParamsOf<ListPromptsRequestParams>(call));
        result.Prompts = [.. result.Prompts.Where(prompt => MayUse(call, PermissionKind.Prompt, prompt.Name))];
        return replies.Write(call, result);
    }

    public async ValueTask<byte[]> ListResourcesAsync(RunningCall call)
    {
        var handler = RequestFilters.Around(environment.Filters.ListResourcesFilters, ListResourcesAsync, ref _resources);
        var result = await environment.RunAsync(handler, call, ListPage.ParamsOf<ListResourcesRequestParams>(call));
        result.Resources = [.. result.Resources.Where(resource => MayUse(call, PermissionKind.Resource, resource.Uri))];
        return replies.Write(call, result);
    }

    public async ValueTask<byte[]> ListResourceTemplatesAsync(RunningCall call)
    {
        var handler = RequestFilters.Around(environment.Filters.ListResourceTemplatesFilters, ListTemplatesAsync, ref _templates);
        return replies.Write(call, await environment.RunAsync(handler, call, ListPage.ParamsOf<ListResourceTemplatesRequestParams>(call)));
    }

    private ValueTask<ListToolsResult> ListToolsAsync(RequestContext<ListToolsRequestParams> request, CancellationToken cancellationToken)
    {
        var call = CallServer.CallOf(request);
        var tools = catalogue.Tools.All.Select(entry => entry.Tool.ProtocolTool);
        if (call.Meta.IsSessionless)
        {
            var limits = configuration.Current.Sessions;
            tools = tools.Append(SessionHandles.OpenListing(limits.IdleTimeout, limits.Lifetime)).Append(SessionHandles.CloseListing);
        }

        var shown = policy.List();
        var (page, next) = ListPage.Of(request.Params.Cursor, tools
            .Where(tool => MayUse(call, PermissionKind.Tool, tool.Name) && shown?.Shows(tool.Name) != false)
            .OrderBy(tool => tool.Name, StringComparer.Ordinal));

        // A list under a policy depends on the client, so it must not be cached for others.
        return new(new ListToolsResult { Tools = page, NextCursor = next, CacheScope = shown is null ? null : CacheScope.Private });
    }

    private ValueTask<ListPromptsResult> ListPromptsAsync(RequestContext<ListPromptsRequestParams> request, CancellationToken cancellationToken)
    {
        var call = CallServer.CallOf(request);
        var (page, next) = ListPage.Of(request.Params.Cursor, catalogue.Prompts.Values.Select(one => one.ProtocolPrompt)
            .Where(one => MayUse(call, PermissionKind.Prompt, one.Name)).OrderBy(one => one.Name, StringComparer.Ordinal));
        return new(new ListPromptsResult { Prompts = page, NextCursor = next });
    }

    private ValueTask<ListResourcesResult> ListResourcesAsync(RequestContext<ListResourcesRequestParams> request, CancellationToken cancellationToken)
    {
        var call = CallServer.CallOf(request);
        var (page, next) = ListPage.Of(request.Params.Cursor, catalogue.Resources.Values
            .Select(one => one.ProtocolResource).OfType<Resource>()
            .Where(one => MayUse(call, PermissionKind.Resource, one.Uri)).OrderBy(one => one.Uri, StringComparer.Ordinal));
        return new(new ListResourcesResult { Resources = page, NextCursor = next });
    }

    private ValueTask<ListResourceTemplatesResult> ListTemplatesAsync(
        RequestContext<ListResourceTemplatesRequestParams> request, CancellationToken cancellationToken)
    {
        var call = CallServer.CallOf(request);
        var (page, next) = ListPage.Of(request.Params.Cursor, catalogue.Resources.Values
            .Where(one => one.IsTemplated && authorization.MayYield(call.Caller, one))
            .Select(one => one.ProtocolResourceTemplate).OrderBy(one => one.UriTemplate, StringComparer.Ordinal));
        return new(new ListResourceTemplatesResult { ResourceTemplates = page, NextCursor = next });
    }

    private bool MayUse(RunningCall call, PermissionKind kind, string name) => authorization.Allows(call.Caller, kind, name);

    /// <summary>
    /// The listing of a tool for the call's revision. Filters see the tool as it was registered; a tool that a filter replaced is listed as
    /// it is.
    /// </summary>
    private Tool ListingOf(RunningCall call, Tool tool) =>
        catalogue.Tools.Find(tool.Name) is not { } entry || !ReferenceEquals(entry.Tool.ProtocolTool, tool) ? tool
        : call.Meta.IsSessionless ? entry.SessionlessListing
        : entry.SessionListing;
}
