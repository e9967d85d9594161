using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansMcp.Configuration;
using OrleansMcp.Conformance;
using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Hosting;
using OrleansMcp.Http;
using OrleansMcp.Http.Admission.Callers;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Clients;
using OrleansMcp.Tests.Cluster;
using OrleansMcp.Tests.Conformance;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Cluster.Tests.Conformance;

/// <summary>The conformance suite of the protocol against a gateway whose sessions live in remote silos.</summary>
public sealed class GatewayConformanceTests
{
    [Fact]
    public async Task Every_scored_check_of_both_eras_passes_through_a_gateway()
    {
        var configuration = new ServerConfiguration
        {
            Tenants = new Dictionary<string, TenantConfiguration> { [AnonymousCaller.Registration.Id] = AnonymousCaller.Registration },
        };
        var world = new ClusterWorld { Application = NewApplication(configuration), Configuration = new FixedConfiguration(configuration) };
        await using var cluster = await SessionCluster.StartAsync(world);
        await using var gateway = await StartGatewayAsync(world, cluster);
        var address = gateway.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        // The numbers are what the suite counts today: a run that checked less has not seen everything.
        await RunAsync(new Uri(new Uri(address), "/mcp"), "2025-11-25", 69);
        await RunAsync(new Uri(new Uri(address), "/mcp"), "2026-07-28", 120);
        await gateway.StopAsync();
    }

    private static async Task RunAsync(Uri url, string revision, int scored)
    {
        var result = await SuiteResult.RunAsync(url, revision);
        var failed = result.Scored.Where(static check => check.IsFailure).Select(check => $"{check.Scenario}/{check.Id}: {check.Message}").ToList();
        Assert.True(failed.Count == 0, $"{revision}:\n{string.Join('\n', failed)}");
        Assert.Empty(result.Missing);
        var passed = result.Scored.Count(check => check.Status == "SUCCESS");
        Assert.InRange(passed, scored, int.MaxValue);
        TestContext.Current.TestOutputHelper?.WriteLine($"{revision}: {passed} scored checks passed, {failed.Count} failed");
    }

    private static IServiceProvider NewApplication(ServerConfiguration configuration)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton<IConfigurationSource>(new FixedConfiguration(configuration));
        FixtureCatalogue.AddTo(builder.Services.AddSessionActors().AddMcpServer());
        return builder.Build().Services;
    }

    private static async Task<WebApplication> StartGatewayAsync(ClusterWorld world, SessionCluster cluster)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        world.Register(builder.Services);
        builder.Services.AddSingleton<ISessionDirectory>(new ClusterSessionDirectory(cluster.Client, world.Catalogue, world.Ids));
        builder.Services.AddSingleton<ITenantDirectory>(new ClusterTenants(cluster.Client));
        builder.Services.AddMcpFrontEnd();
        builder.Services.Replace(ServiceDescriptor.Singleton<ICallerAuthenticator, AnonymousCaller>());
        var gateway = builder.Build();
        gateway.MapMcpEndpoint("/mcp");
        await gateway.StartAsync();
        return gateway;
    }
}
