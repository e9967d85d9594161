using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Sessions.Reading;
using OrleansMcp.Sessions.ToolCalls;

namespace OrleansMcp.Sessions;

/// <summary>Routes requests to their methods, by protocol revision.</summary>
internal sealed class RequestRouter(
    ToolCallPipeline tools, ListMethods lists, ReadMethods reads, SubscriptionMethods subscriptions, SessionAccount account)
{
    /// <returns>The JSON-RPC message of the result.</returns>
    /// <exception cref="ModelContextProtocol.McpProtocolException">There is no such method in the request's revision, or its handler refused it.</exception>
    public ValueTask<byte[]> DispatchAsync(RunningCall call)
    {
        var method = call.Message.Method;
        return call.Meta.IsSessionless
            ? method switch
            {
                RequestMethods.ServerDiscover => new(lists.Discover(call)),
                RequestMethods.SubscriptionsListen => subscriptions.ListenAsync(call),
                _ => Methods.IsRemoved(method) ? throw Failures.NoSuchMethod(method) : DispatchSharedAsync(call, method),
            }
            : method switch
            {
                RequestMethods.Ping => new(RpcReply.Result(call.Id, new PingResult())),
                RequestMethods.Initialize => throw Failures.AlreadyInitialized(),
                RequestMethods.LoggingSetLevel or RequestMethods.ResourcesSubscribe or RequestMethods.ResourcesUnsubscribe when !call.Meta.IsNegotiated =>
                    throw Failures.NeedsSession(method),
                RequestMethods.LoggingSetLevel => subscriptions.SetLogLevelAsync(call),
                RequestMethods.ResourcesSubscribe => subscriptions.SubscribeAsync(call),
                RequestMethods.ResourcesUnsubscribe => subscriptions.UnsubscribeAsync(call),
                _ => DispatchSharedAsync(call, method),
            };
    }

    private ValueTask<byte[]> DispatchSharedAsync(RunningCall call, string method) => method switch
    {
        RequestMethods.ToolsCall => CallToolAsync(call),
        RequestMethods.ToolsList => account.MeterOutputAsync(call, lists.ListToolsAsync),
        RequestMethods.PromptsList => account.MeterOutputAsync(call, lists.ListPromptsAsync),
        RequestMethods.PromptsGet => reads.GetPromptAsync(call),
        RequestMethods.ResourcesList => account.MeterOutputAsync(call, lists.ListResourcesAsync),
        RequestMethods.ResourcesTemplatesList => account.MeterOutputAsync(call, lists.ListResourceTemplatesAsync),
        RequestMethods.ResourcesRead => reads.ReadResourceAsync(call),
        RequestMethods.CompletionComplete => reads.CompleteAsync(call),
        _ => throw Failures.NoSuchMethod(method),
    };

    private async ValueTask<byte[]> CallToolAsync(RunningCall call) => (await tools.InvokeAsync(call)).Reply;
}
