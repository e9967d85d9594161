using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Authorization;
using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Quotas.Egress;
using OrleansMcp.Records;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Sessions.State;
using OrleansMcp.Sessions.Streams;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Signals;
using OrleansMcp.ToolLogs;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>What the handlers of one session can use. <see cref="CallServices"/> exposes it to the handler of one call.</summary>
internal sealed class HandlerEnvironment
{
    public required CurrentRecord Record { get; init; }

    public required SessionValues Values { get; init; }

    public required SessionVault Vault { get; init; }

    public required SessionAuthorization Authorization { get; init; }

    public required SessionAccount Account { get; init; }

    public required IAttempts Attempts { get; init; }

    public required SessionStreams Streams { get; init; }

    public required SessionChanges Changes { get; init; }

    public required ClientNotifier Notifier { get; init; }

    public required ClientRequests Requests { get; init; }

    public required PendingInputs Inputs { get; init; }

    public required NegotiatedClient Client { get; init; }

    public required SessionToolLog ToolLog { get; init; }

    public required IRecordSpaceDirectory Records { get; init; }

    public required IConfigurationSource Configuration { get; init; }

    /// <summary>The other servers of the session.</summary>
    public required UpstreamForwarding Upstreams { get; init; }

    /// <summary>The connections to the outside, shared by all sessions of the process.</summary>
    public required EgressConnections Egress { get; init; }

    /// <summary>The application's services; each call gets a scope of them.</summary>
    public required IServiceProvider Application { get; init; }

    public required McpServerOptions ServerOptions { get; init; }

    /// <summary>The filters that run around the handlers.</summary>
    public McpRequestFilters Filters => ServerOptions.Filters.Request;

    /// <summary>Runs a handler with the services of its call.</summary>
    public async ValueTask<TResult> RunAsync<TParams, TResult>(
        McpRequestHandler<TParams, TResult> handler, RunningCall call, TParams parameters, IMcpServerPrimitive? matched = null)
        where TParams : class
    {
        await using var services = new CallServices(call, this);
        var request = new RequestContext<TParams>(services.Server, SdkRequest.Of(call.Message), parameters)
        {
            MatchedPrimitive = matched,
            User = CallerPrincipal.Of(call.Caller),
        };
        return await handler(request, call.Token);
    }

    /// <summary>Sends a request to the client of a call: directly, or in the call's result (2026-07-28).</summary>
    public Task<JsonRpcResponse> AskAsync(RunningCall call, JsonRpcRequest request, CancellationToken cancellationToken) =>
        call.Meta.IsSessionless ? Inputs.AskAsync(call, request, cancellationToken) : Requests.AskAsync(call, request, cancellationToken);
}
