using ModelContextProtocol.Server;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>The handler of one method of a session within the SDK's filters for it.</summary>
/// <param name="filters">The filters, as they were registered.</param>
/// <param name="handler">The innermost handler. A filter may have changed the params, so the handler checks permissions itself.</param>
/// <param name="environment">What handlers and filters can use.</param>
internal sealed class FilteredMethod<TParams, TResult>(
    IList<McpRequestFilter<TParams, TResult>> filters, McpRequestHandler<TParams, TResult> handler, HandlerEnvironment environment)
    where TParams : class
{
    private McpRequestHandler<TParams, TResult>? _chain; // made with the first call, as most sessions use few methods

    public async ValueTask<TResult> InvokeAsync(RunningCall call, TParams parameters, IMcpServerPrimitive? matched = null)
    {
        var chain = _chain ?? LazyInitializer.EnsureInitialized(ref _chain, () => RequestFilters.Around(filters, handler));
        using var services = new CallServices(call, environment);
        var request = new RequestContext<TParams>(services.Server, SdkRequest.Of(call.Message), parameters)
        {
            MatchedPrimitive = matched,
            User = CallerPrincipal.Of(call.Caller),
        };
        return await chain(request, call.Token);
    }
}
