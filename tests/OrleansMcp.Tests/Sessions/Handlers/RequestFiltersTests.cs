using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Sessions.Handlers;

namespace OrleansMcp.Tests.Sessions.Handlers;

/// <summary>The chains of the SDK's filters: their order, and that each is made once.</summary>
public sealed class RequestFiltersTests
{
    private readonly SessionBench _bench = new();
    private readonly List<string> _seen = [];

    [Fact]
    public void A_handler_without_filters_is_itself()
    {
        McpRequestHandler<PingRequestParams, EmptyResult> handler = static (_, _) => new(new EmptyResult());
        McpRequestHandler<PingRequestParams, EmptyResult>? chain = null;
        Assert.Same(handler, RequestFilters.Around([], handler, ref chain));
        Assert.Null(RequestFilters.AroundTool(new McpRequestFilters(), static (_, _) => new(new CallToolResult())));
    }

    [Fact]
    public async Task The_filter_that_was_registered_first_is_outermost()
    {
        await RunAsync(RequestFilters.Around([Filter("first"), Filter("second")], (_, _) =>
        {
            _seen.Add("handler");
            return new(new EmptyResult());
        }));
        Assert.Equal(["second made", "first made", "first", "second", "handler"], _seen);
    }

    [Fact]
    public async Task A_chain_is_made_with_the_first_call_and_once()
    {
        McpRequestHandler<PingRequestParams, EmptyResult>? chain = null;
        for (var call = 1; call <= 3; call++)
        {
            await RunAsync(RequestFilters.Around([Filter("one")], static (_, _) => new(new EmptyResult()), ref chain));
        }

        Assert.Equal(["one made", "one", "one", "one"], _seen);
    }

    [Fact]
    public async Task Calls_that_come_at_once_share_a_chain()
    {
        McpRequestHandler<PingRequestParams, EmptyResult>? chain = null;
        using var both = new Barrier(2);
        McpRequestFilter<PingRequestParams, EmptyResult> filter = next =>
        {
            both.SignalAndWait(); // Both calls make a chain before either has one.
            return (request, cancellationToken) => next(request, cancellationToken);
        };
        var handlers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () => RequestFilters.Around([filter], static (_, _) => new(new EmptyResult()), ref chain),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Single(handlers.Distinct());
    }

    private ValueTask<EmptyResult> RunAsync(McpRequestHandler<PingRequestParams, EmptyResult> handler) =>
        _bench.Environment.RunAsync(handler, _bench.Call("ping"), new PingRequestParams());

    private McpRequestFilter<PingRequestParams, EmptyResult> Filter(string name) => next =>
    {
        _seen.Add($"{name} made");
        return (request, cancellationToken) =>
        {
            _seen.Add(name);
            return next(request, cancellationToken);
        };
    };
}
