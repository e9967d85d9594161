using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>
/// The request filters of the SDK (<see cref="McpRequestFilters"/>) around the handlers of one session. They run after the session has
/// admitted the request. Each chain is made once a session, as the SDK makes it once a server, with the first call: most sessions use few
/// methods, and thousands are idle.
/// </summary>
internal static class RequestFilters
{
    /// <summary>The handler within the filters, the first registered one outermost; the handler itself when there are no filters.</summary>
    public static McpRequestHandler<TParams, TResult> Around<TParams, TResult>(
        IList<McpRequestFilter<TParams, TResult>> filters, McpRequestHandler<TParams, TResult> handler) =>
        filters.Reverse().Aggregate(handler, static (next, filter) => filter(next));

    /// <summary>The handler within the filters, as <paramref name="chain"/> holds it from the first call on.</summary>
    public static McpRequestHandler<TParams, TResult> Around<TParams, TResult>(
        IList<McpRequestFilter<TParams, TResult>> filters, McpRequestHandler<TParams, TResult> handler, ref McpRequestHandler<TParams, TResult>? chain)
    {
        if (Volatile.Read(ref chain) is { } made)
        {
            return made;
        }

        var mine = Around(filters, handler);
        return Interlocked.CompareExchange(ref chain, mine, null) ?? mine;
    }

    /// <summary>Whether filters run around tools.</summary>
    public static bool AreAroundTools(McpRequestFilters filters) => filters.CallToolFilters.Count > 0 || filters.CallToolWithAlternateFilters.Count > 0;

    /// <summary>
    /// The filters around a tool; null when there are none. Filters with alternate results come outermost, as in the SDK, where
    /// authorization is one of them.
    /// </summary>
    public static McpRequestHandler<CallToolRequestParams, CallToolResult>? AroundTool(
        McpRequestFilters filters, McpRequestHandler<CallToolRequestParams, CallToolResult> tool)
    {
        if (!AreAroundTools(filters))
        {
            return null;
        }

        var inner = Around(filters.CallToolFilters, tool);
        if (filters.CallToolWithAlternateFilters.Count == 0)
        {
            return inner;
        }

        McpRequestHandler<CallToolRequestParams, ResultOrAlternate<CallToolResult>> innermost =
            async (request, cancellationToken) => await inner(request, cancellationToken);
        var outer = filters.CallToolWithAlternateFilters.Reverse().Aggregate(
            innermost, static (next, filter) => (request, cancellationToken) => filter(request, next, cancellationToken));
        return async (request, cancellationToken) => await outer(request, cancellationToken) is { IsAlternate: false } answered
            ? answered.Result!
            : throw new NotSupportedException("A filter answered a tool call with something else than its result, which sessions do not serve.");
    }
}
