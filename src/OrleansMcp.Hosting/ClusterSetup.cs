using System.Net;
using System.Net.Sockets;
using Azure.Data.Tables;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Orleans.Hosting;
using OrleansMcp.Grains.Hosting;
using OrleansMcp.Hosting.Security;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Hosting;

/// <summary>Builds a process into its cluster.</summary>
internal static class ClusterSetup
{
    public static void Configure(ISiloBuilder silo, ServerSettings settings, TableServiceClient? tables)
    {
        if (settings.IsClustered)
        {
            silo.AddSessionGrains();
            silo.Services.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (settings.ClusterId, settings.ServiceId));
            silo.UseAzureStorageClustering(options => (options.TableServiceClient, options.TableName) = (tables!, TableNames.Membership));
            ConfigureFailureDetection(silo, settings.FailureDetection);
            ConfigureEndpoints(silo, settings.Endpoints);
        }
        else
        {
            silo.UseSoleSilo(settings.ClusterId, settings.ServiceId);
        }

        if (settings.Tls is { } tls)
        {
            silo.UseTls(new ClusterTls(tls).Configure);
        }
    }

    public static void Configure(IClientBuilder client, ServerSettings settings, TableServiceClient tables)
    {
        client.AddSessionDirectory();
        client.Services.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (settings.ClusterId, settings.ServiceId));
        client.UseAzureStorageClustering(options => (options.TableServiceClient, options.TableName) = (tables, TableNames.Membership));

        // A silo that died or froze must leave the list of ways into the cluster about as soon as the cluster knows.
        client.Services.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = settings.FailureDetection.Probe);
        client.UseConnectionRetryFilter(static async (_, cancellationToken) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
            return true;
        });
        if (settings.Tls is { } tls)
        {
            client.UseTls(new ClusterTls(tls).Configure);
        }
    }

    private static void ConfigureEndpoints(ISiloBuilder silo, EndpointSettings endpoints) => silo.Services.Configure<EndpointOptions>(options =>
    {
        options.AdvertisedIPAddress = endpoints.Address;
        options.SiloPort = endpoints.SiloPort;
        options.GatewayPort = endpoints.GatewayPort;
        if (endpoints.ListenOnAny)
        {
            var any = endpoints.Address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
            options.SiloListeningEndpoint = new IPEndPoint(any, endpoints.SiloPort);
            options.GatewayListeningEndpoint = new IPEndPoint(any, endpoints.GatewayPort);
        }
    });

    private static void ConfigureFailureDetection(ISiloBuilder silo, FailureDetectionSettings detection) =>
        silo.Services.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = detection.Probe;
            options.MaxProbeTimeout = detection.Probe;
            options.NumMissedProbesLimit = 2;
            options.NumVotesForDeathDeclaration = 1;
            options.TableRefreshTimeout = detection.Probe * 5;
            options.IAmAliveTablePublishTimeout = detection.Probe * 10;

            // A frozen silo's connections stay open and silent; what came over them a moment ago proves nothing about now.
            options.EnableConnectionLivenessCheck = false;
        });
}
