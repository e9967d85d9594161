using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Upstreams;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>
/// The SDK's server as the handler of one call sees it: what the handler sends goes to the client of its call and session only. One
/// instance a call, so that no request of one principal can resume a handler of another.
/// </summary>
internal sealed class CallServer(RunningCall call, HandlerEnvironment environment, IServiceProvider services) : McpServer
{
    /// <summary>The call behind a request that a filter passed on.</summary>
    /// <exception cref="InvalidOperationException">The filter passed on a request of its own making.</exception>
    public static RunningCall CallOf(MessageContext request) => request.Server is CallServer server
        ? server.Call
        : throw new InvalidOperationException("A filter must pass on a request with the server that it was given.");

    /// <summary>The other servers of the session whose call a filter passed on.</summary>
    /// <exception cref="InvalidOperationException">The filter passed on a request of its own making.</exception>
    public static UpstreamForwarding UpstreamsOf(MessageContext request) => request.Server is CallServer server
        ? server.Upstreams
        : throw new InvalidOperationException("A filter must pass on a request with the server that it was given.");

    private RunningCall Call => call;

    private UpstreamForwarding Upstreams => environment.Upstreams;

    public override string? SessionId => null; // Handlers must not see the id; they have ISessionContext.SessionName.

    public override string? NegotiatedProtocolVersion => call.Meta.ProtocolVersion;

    public override ClientCapabilities? ClientCapabilities => Noting(CallTraits.Session).Meta.Capabilities;

    public override Implementation? ClientInfo => Noting(CallTraits.Session).Meta.ClientInfo;

    public override McpServerOptions ServerOptions => environment.ServerOptions;

    public override IServiceProvider? Services => services;

    [Obsolete("Deprecated by the SDK with the protocol's logging.", DiagnosticId = "MCP9005")]
    public override LoggingLevel? LoggingLevel => Noting(CallTraits.Session).Meta.IsSessionless ? call.Meta.LogLevel : environment.Client.Meta?.LogLevel;

    public override bool IsMrtrSupported => true;

    public override Task RunAsync(CancellationToken cancellationToken = default) =>
        throw new InvalidOperationException("The session runs this server.");

    public override Task<JsonRpcResponse> SendRequestAsync(JsonRpcRequest request, CancellationToken cancellationToken = default) =>
        environment.AskAsync(Noting(CallTraits.Effect), request, cancellationToken);

    public override Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default) =>
        message is JsonRpcNotification notification
            ? environment.Notifier.SendAsync(Noting(CallTraits.Effect), notification, cancellationToken).AsTask()
            : throw new InvalidOperationException("Handlers send notifications and requests; their result is the response.");

    public override IAsyncDisposable RegisterNotificationHandler(
        string method, Func<JsonRpcNotification, CancellationToken, ValueTask> handler) =>
        throw new NotSupportedException("A handler outlives no call here; keep what it needs in the session's state.");

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private RunningCall Noting(CallTraits trait)
    {
        call.Note(trait);
        return call;
    }
}
