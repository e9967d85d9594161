using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Sessions.Upstreams;
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

    public byte[] Discover(RunningCall call) => replies.Write(call, Greeting.Discover(catalogue, HasOthers));

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

    private async ValueTask<ListToolsResult> ListToolsAsync(RequestContext<ListToolsRequestParams> request, CancellationToken cancellationToken)
    {
        var call = CallServer.CallOf(request);
        var others = await UpstreamListing<ToolEntry>.ReadAsync(
            environment.Upstreams, call, PermissionKind.Tool, async (server, exchange) => (await server.ToolsAsync(exchange, call.Token)).Offered);
        var shown = policy.List();
        var tools = catalogue.Tools.All.Concat(others.Items).Where(policy.Shows).Select(entry => entry.Tool.ProtocolTool);
        if (call.Meta.IsSessionless)
        {
            var limits = configuration.Current.Sessions;
            Tool[] handles = [SessionHandles.OpenListing(limits.IdleTimeout, limits.Lifetime), SessionHandles.CloseListing];
            tools = tools.Concat(handles.Where(tool => shown?.Shows(new(tool.Name)) != false));
        }

        var (page, next) = ListPage.Of(request.Params.Cursor, tools
            .Where(tool => MayUse(call, PermissionKind.Tool, tool.Name))
            .OrderBy(tool => tool.Name, StringComparer.Ordinal));

        // A list under a policy, or of other servers, depends on the client, so it must not be cached for others.
        var result = new ListToolsResult { Tools = page, NextCursor = next, CacheScope = shown is null && !HasOthers ? null : CacheScope.Private };
        others.NoteIn(result);
        return result;
    }

    private async ValueTask<ListPromptsResult> ListPromptsAsync(RequestContext<ListPromptsRequestParams> request, CancellationToken cancellationToken)
    {
        var call = CallServer.CallOf(request);
        var others = await UpstreamListing<Prompt>.ReadAsync(
            environment.Upstreams, call, PermissionKind.Prompt,
            async (server, exchange) => (await server.PromptsAsync(exchange, call.Token)).Values.Select(static prompt => prompt.ProtocolPrompt));
        var (page, next) = ListPage.Of(request.Params.Cursor, catalogue.Prompts.Values.Select(one => one.ProtocolPrompt).Concat(others.Items)
            .Where(one => MayUse(call, PermissionKind.Prompt, one.Name)).OrderBy(one => one.Name, StringComparer.Ordinal));
        var result = new ListPromptsResult { Prompts = page, NextCursor = next, CacheScope = HasOthers ? CacheScope.Private : null };
        others.NoteIn(result);
        return result;
    }

    private async ValueTask<ListResourcesResult> ListResourcesAsync(RequestContext<ListResourcesRequestParams> request, CancellationToken cancellationToken)
    {
        var call = CallServer.CallOf(request);
        var others = await UpstreamListing<Resource>.ReadAsync(
            environment.Upstreams, call, PermissionKind.Resource, async (server, exchange) => await server.ResourcesAsync(exchange, call.Token));
        var (page, next) = ListPage.Of(request.Params.Cursor, catalogue.Resources.Values
            .Select(one => one.ProtocolResource).OfType<Resource>().Concat(others.Items)
            .Where(one => MayUse(call, PermissionKind.Resource, one.Uri)).OrderBy(one => one.Uri, StringComparer.Ordinal));
        var result = new ListResourcesResult { Resources = page, NextCursor = next, CacheScope = HasOthers ? CacheScope.Private : null };
        others.NoteIn(result);
        return result;
    }

    private async ValueTask<ListResourceTemplatesResult> ListTemplatesAsync(
        RequestContext<ListResourceTemplatesRequestParams> request, CancellationToken cancellationToken)
    {
        var call = CallServer.CallOf(request);
        var others = await UpstreamListing<ResourceTemplate>.ReadAsync(
            environment.Upstreams, call, PermissionKind.Resource, async (server, exchange) => await server.TemplatesAsync(exchange, call.Token));
        var (page, next) = ListPage.Of(request.Params.Cursor, catalogue.Resources.Values
            .Where(one => one.IsTemplated && authorization.MayYield(call.Caller, one)).Select(one => one.ProtocolResourceTemplate)
            .Concat(others.Items.Where(one => authorization.MayYield(call.Caller, one.UriTemplate)))
            .OrderBy(one => one.UriTemplate, StringComparer.Ordinal));
        var result = new ListResourceTemplatesResult { ResourceTemplates = page, NextCursor = next, CacheScope = HasOthers ? CacheScope.Private : null };
        others.NoteIn(result);
        return result;
    }

    private bool HasOthers => configuration.Current.Servers.Count > 0;

    private bool MayUse(RunningCall call, PermissionKind kind, string name) => authorization.Allows(call.Caller, kind, name);

    /// <summary>
    /// The listing of a tool for the call's revision. Filters see the tool as it was registered; a tool that a filter replaced is listed as
    /// it is.
    /// </summary>
    private Tool ListingOf(RunningCall call, Tool tool) =>
        (catalogue.Tools.Find(tool.Name) ?? environment.Upstreams.Servers.FindRecentTool(tool.Name)) is not { } entry || !ReferenceEquals(entry.Tool.ProtocolTool, tool) ? tool
        : call.Meta.IsSessionless ? entry.SessionlessListing
        : entry.SessionListing;
}
