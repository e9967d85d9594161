using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansMcp.Hosting;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Admission.Callers;
using OrleansMcp.Http.Admission.Callers.Certificates;
using OrleansMcp.Http.Admission.Origins;
using OrleansMcp.Http.Connections;
using OrleansMcp.Http.Endpoint;
using OrleansMcp.Http.Operators;
using OrleansMcp.Http.Operators.Usage;
using OrleansMcp.Http.Responses;
using OrleansMcp.Http.Secrets;
using OrleansMcp.Http.Streams;
using OrleansMcp.Http.Transfers;
using OrleansMcp.Memory;
using OrleansMcp.Quotas;
using OrleansMcp.Quotas.Requests;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;

namespace OrleansMcp.Http;

/// <summary>
/// Registers and maps the front end, which authenticates callers, finds session actors and passes messages. It has no state of any session.
/// </summary>
public static class McpFrontEndExtensions
{
    /// <summary>Registers the front end. It needs an engine and an <c>IConfigurationSource</c>.</summary>
    public static IServiceCollection AddMcpFrontEnd(this IServiceCollection services)
    {
        services.AddRoutingCore();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ApiKeyAuthenticator>();
        services.TryAddSingleton<ICallerAuthenticator>(provider => provider.GetRequiredService<ApiKeyAuthenticator>());
        services.TryAddSingleton<CertifiedCallers>();
        services.TryAddSingleton<VerifiedTokens>();
        services.TryAddSingleton<IChallenger, PlainChallenger>();
        services.TryAddSingleton<ScopeGate>();
        services.TryAddSingleton<RefusalWriter>();
        services.TryAddSingleton<OriginPolicy>();
        services.TryAddSingleton<SessionLocator>();
        services.TryAddSingleton<IDrain, ImmediateDrain>();
        services.TryAddSingleton<HeldMemory>();
        services.TryAddSingleton<ParseTurns>();
        services.TryAddSingleton<TenantMetrics>();
        services.TryAddSingleton<RequestMeter>();
        services.TryAddSingleton<QuotaReplies>();
        services.TryAddSingleton<RequestDoor>();
        services.TryAddSingleton<PacedWriter>();
        services.TryAddSingleton<BodyReader>();
        services.TryAddSingleton<MessageReader>();
        services.TryAddSingleton<ConnectionGuard>();
        services.TryAddSingleton<EventStreamWriter>();
        services.TryAddSingleton<ReplyWriter>();
        services.TryAddSingleton<JsonKeepAlive>();
        services.TryAddSingleton<PrincipalDelivery>();
        services.TryAddSingleton<SessionPostEndpoint>();
        services.TryAddSingleton<SessionlessPostEndpoint>();
        services.TryAddSingleton<PostEndpoint>();
        services.TryAddSingleton<ListenEndpoint>();
        services.TryAddSingleton<DeleteEndpoint>();
        services.TryAddSingleton<FailureResponses>();
        services.TryAddSingleton<RequestAdmission>();
        services.TryAddSingleton<McpEndpoint>();
        services.TryAddSingleton<SecretSender>();
        services.TryAddSingleton<SecretEndpoint>();
        services.TryAddSingleton<OperatorAuthenticator>();
        services.TryAddSingleton<OperatedSessions>();
        services.TryAddSingleton<OperatorAdmission>();
        services.TryAddSingleton<OperatorIndex>();
        services.TryAddSingleton<OperatorEndpoint>();
        services.TryAddSingleton<InterferenceEndpoint>();
        services.TryAddSingleton<OperatedUsage>();
        services.TryAddSingleton<UsageEndpoint>();
        services.TryAddSingleton<SignalCounts>();
        services.TryAddSingleton<SignalEndpoint>();
        return services;
    }

    /// <summary>
    /// Serves all revisions of the Model Context Protocol at <paramref name="path"/>, and the secrets of its sessions at
    /// <c>secrets/{name}</c> below it.
    /// </summary>
    public static IEndpointConventionBuilder MapMcpEndpoint(this IEndpointRouteBuilder routes, string path)
    {
        var endpoint = routes.ServiceProvider.GetRequiredService<McpEndpoint>();
        var secrets = routes.ServiceProvider.GetRequiredService<SecretEndpoint>();
        routes.Map($"{path}/secrets/{{{SecretEndpoint.NameParameter}}}", (RequestDelegate)secrets.HandleAsync);
        return routes.Map(path, (RequestDelegate)endpoint.HandleAsync);
    }
}
