using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Caching;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Tools;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>
/// Runs the tool within the SDK's filters: once, and again with the answers each time that it asks its user for input. A call that a filter
/// changed passes the checking stages again.
/// </summary>
internal sealed class HandlerInvocation : IToolCallStage
{
    private readonly HandlerEnvironment _environment;
    private readonly IToolCallStage[] _judges;
    private readonly ReplyWriter _replies;
    private readonly ToolFailures _failures;
    private readonly UpstreamToolInvocation _others;
    private readonly McpRequestHandler<CallToolRequestParams, CallToolResult>? _filtered;

    /// <param name="environment">What the tool can use.</param>
    /// <param name="judges">The checking stages, in their order.</param>
    /// <param name="replies">Writes the result.</param>
    /// <param name="failures">Tells clients why tools failed.</param>
    public HandlerInvocation(HandlerEnvironment environment, IToolCallStage[] judges, ReplyWriter replies, ToolFailures failures)
    {
        (_environment, _judges, _replies, _failures) = (environment, judges, replies, failures);
        _others = new UpstreamToolInvocation(environment, replies, failures);
        _filtered = RequestFilters.AroundTool(environment.ServerOptions.Filters.Request, InvokeFilteredAsync);
    }

    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next) =>
        _filtered is null && call.Tool!.Entry!.Tool is UpstreamTool other ? _others.InvokeAsync(call, other) : InvokeAsync(call);

    private async ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call)
    {
        call.Token.ThrowIfCancellationRequested(); // The permission may have been revoked while the call was queued.
        await using var services = new CallServices(call, _environment);
        var (tool, name) = (call.Tool!.Entry!, call.Tool.Name);
        var request = new RequestContext<CallToolRequestParams>(
            services.Server, SdkRequest.Of(call.Message), ToolRequest.ParamsOf(call)) { MatchedPrimitive = tool.Tool };
        if (_filtered is not null || tool.SeesUser)
        {
            call.Note(CallTraits.Client);
            request.User = CallerPrincipal.Of(call.Caller);
        }

        for (var round = 1; ; round++)
        {
            try
            {
                var result = await (_filtered is null ? RunAsync(call, tool.Tool, request, call.Token) : _filtered(request, call.Token));
                CacheMeta.Remove(result);
                return _replies.WriteToolCall(call, result);
            }
            catch (InputRequiredException e)
            {
                if (call.Meta.IsSessionless)
                {
                    return ToolCallOutcome.InputRequired(_environment.Inputs.Hold(call, e.Result));
                }

                await _environment.Requests.AskAllAsync(call, e.Result, request.Params, round);
            }
            catch (Exception e) when (ToolFailures.IsOfTool(call, e))
            {
                return ArgumentBinding.ProblemIn(tool.Tool, request.Params.Arguments, e) is { } problem
                    ? _replies.WriteMistake(call, problem)
                    : _replies.WriteToolCall(call, _failures.Explain(call, name, e));
            }
        }
    }

    /// <summary>The innermost handler of the filters.</summary>
    private async ValueTask<CallToolResult> InvokeFilteredAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var call = CallServer.CallOf(request);
        var judged = call.Tool!;
        if (ReferenceEquals(request.MatchedPrimitive, judged.Entry!.Tool) && judged.IsIn(request.Params, call.Meta.IsSessionless))
        {
            return await RunAsync(call, judged.Entry.Tool, request, cancellationToken);
        }

        call.Note(CallTraits.Effect); // The result does not belong to the arguments that the client sent, so it must not be cached.
        request.Params.Name = request.MatchedPrimitive is McpServerTool other && !ReferenceEquals(other, judged.Entry.Tool)
            ? other.ProtocolTool.Name
            : request.Params.Name;
        call.Tool = ToolRequest.Of(request.Params);
        var again = new ToolCallContinuation([.. _judges, new ChangedCall(request, _replies)], first: 0);
        return (await again.InvokeAsync(call)).Result!;
    }

    private static ValueTask<CallToolResult> RunAsync(
        RunningCall call, McpServerTool tool, RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        call.HasRun = true;
        return tool.InvokeAsync(request, cancellationToken);
    }

    /// <summary>Runs the tool of a call that a filter changed, after the checks.</summary>
    private sealed class ChangedCall(RequestContext<CallToolRequestParams> request, ReplyWriter replies) : IToolCallStage
    {
        public async ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next)
        {
            request.MatchedPrimitive = call.Tool!.Entry!.Tool;
            return replies.WriteToolCall(call, await RunAsync(call, call.Tool.Entry.Tool, request, call.Token));
        }
    }
}
