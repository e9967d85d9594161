using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Http.Operators.Usage;

namespace OrleansMcp.Http.Operators;

/// <summary>Maps the endpoints for operators.</summary>
public static class OperatorEndpointExtensions
{
    /// <summary>Serves operators below <c>/ops</c>. Without operators in the configuration every request there gets 404.</summary>
    public static void MapOperatorEndpoints(this IEndpointRouteBuilder routes)
    {
        const string Sessions = $"/ops/tenants/{{{OperatorEndpoint.TenantParameter}}}/sessions";
        const string Session = $"{Sessions}/{{{OperatorEndpoint.SessionParameter}}}";
        var endpoint = routes.ServiceProvider.GetRequiredService<OperatorEndpoint>();
        var counts = routes.ServiceProvider.GetRequiredService<SignalEndpoint>();
        routes.Map("/ops", (RequestDelegate)routes.ServiceProvider.GetRequiredService<OperatorIndex>().ReadAsync);
        routes.Map("/ops/signals", (RequestDelegate)counts.ReadAsync);
        routes.Map(Sessions, (RequestDelegate)endpoint.ListAsync);
        routes.Map($"/ops/tenants/{{{OperatorEndpoint.TenantParameter}}}/toollog", (RequestDelegate)endpoint.ToolLogAsync);
        routes.Map($"/ops/tenants/{{{OperatorEndpoint.TenantParameter}}}/cutoffs", (RequestDelegate)endpoint.CutoffsAsync);
        routes.Map($"/ops/tenants/{{{OperatorEndpoint.TenantParameter}}}/servers/{{{OperatorEndpoint.ServerParameter}}}/tools", (RequestDelegate)endpoint.PinsAsync);
        routes.Map(Session, (RequestDelegate)endpoint.EndAsync);
        var usage = routes.ServiceProvider.GetRequiredService<UsageEndpoint>();
        routes.Map("/ops/usage", (RequestDelegate)usage.ListAsync);
        routes.Map($"/ops/tenants/{{{OperatorEndpoint.TenantParameter}}}/usage", (RequestDelegate)usage.ReadAsync);
        routes.Map("/ops/interference", (RequestDelegate)routes.ServiceProvider.GetRequiredService<InterferenceEndpoint>().ListAsync);
        routes.Map($"{Session}/permissions", (RequestDelegate)endpoint.ShrinkAsync);
    }
}
