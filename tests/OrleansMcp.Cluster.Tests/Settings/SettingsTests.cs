using System.Net;
using OrleansMcp.Hosting.Settings;

namespace OrleansMcp.Cluster.Tests.Settings;

/// <summary>What a process does that is told nothing, or the right things.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void Told_nothing_a_process_is_alone_on_this_machine_with_its_state_in_the_folder_one_stands_in()
    {
        var settings = Read.Of();
        Assert.Equal((ServerRole.All, StoreKind.Sqlite, ClusteringKind.None), (settings.Role, settings.Store, settings.Clustering));
        Assert.True(settings is { IsSilo: true, IsGateway: true, IsClustered: false });
        Assert.Equal("http://127.0.0.1:5080", settings.Urls);
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "orleansmcp-data"), settings.DataFolder);
        Assert.Null(settings.Tables);
        Assert.Null(settings.Tls);
        Assert.Null(settings.ConfigFile);
        Assert.Empty(settings.SessionIdKeys);
        Assert.Equal(TimeSpan.Zero, settings.Drain);
        Assert.False(settings.LogsJson);
    }

    [Fact]
    public void A_member_of_a_cluster_has_these_defaults()
    {
        var settings = Read.Of(Read.Cluster);
        Assert.Equal((StoreKind.Tables, true), (settings.Store, settings.IsClustered));
        Assert.Equal(IPAddress.Loopback, settings.Endpoints.Address);
        Assert.Equal((11111, 30000, false, false), (settings.Endpoints.SiloPort, settings.Endpoints.GatewayPort, settings.Endpoints.ListenOnAny, settings.Endpoints.IsOpen));
        Assert.Equal(("orleansmcp", "orleansmcp"), (settings.ClusterId, settings.ServiceId));
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)), (settings.FailureDetection.Probe, settings.Drain));
    }

    [Fact]
    public void Every_setting_reaches_what_it_is_for()
    {
        var config = Path.GetTempFileName();
        var settings = Read.Of([
            .. Read.Cluster[..3], "role silo", "cluster-id c-1", "service-id s.1", "urls http://0.0.0.0:8080;http://[::1]:8081", "config " + config,
            "address 10.0.0.7", "silo-port 11112", "gateway-port 30001", "listen-on-any true", "insecure-silo-ports true", "managed-identity id-1",
            $"session-id-keys {Read.Key}, {Read.Key[..^4]}Hh8=", "probe 0.5", "drain 7.5", "log json"]);
        File.Delete(config);
        Assert.Equal(ServerRole.Silo, settings.Role);
        Assert.Equal(("c-1", "s.1"), (settings.ClusterId, settings.ServiceId));
        Assert.Equal("http://0.0.0.0:8080;http://[::1]:8081", settings.Urls);
        Assert.Equal(config, settings.ConfigFile);
        Assert.Equal((Read.Connection, "id-1"), (settings.Tables!.ConnectionString, settings.ManagedIdentity));
        Assert.Equal(IPAddress.Parse("10.0.0.7"), settings.Endpoints.Address);
        Assert.Equal((11112, 30001, true), (settings.Endpoints.SiloPort, settings.Endpoints.GatewayPort, settings.Endpoints.ListenOnAny));
        Assert.Equal([Read.Key, Read.Key[..^4] + "Hh8="], settings.SessionIdKeys.Select(Convert.ToBase64String));
        Assert.Equal((0.5, 7.5), (settings.FailureDetection.Probe.TotalSeconds, settings.Drain.TotalSeconds));
        Assert.True(settings.LogsJson);
    }

    [Fact]
    public void A_folder_is_where_it_is_said_to_be() => Assert.Equal("/var/lib/orleansmcp", Read.Of("data /var/lib/orleansmcp").DataFolder);

    [Fact]
    public void An_account_is_named_by_its_uri() => Assert.Equal(
        new TableSettings(null, new Uri("https://acct.table.core.windows.net")),
        Read.Of("store tables", "tables https://acct.table.core.windows.net", "session-id-keys " + Read.Key).Tables);

    [Theory]
    [InlineData("silo", true, false)]
    [InlineData("gateway", false, true)]
    [InlineData("all", true, true)]
    public void A_role_is_what_it_says(string role, bool silo, bool gateway)
    {
        var settings = Read.Of([.. Read.Cluster, "role " + role]);
        Assert.Equal((silo, gateway), (settings.IsSilo, settings.IsGateway));
    }

    [Fact]
    public void A_gateway_may_share_a_number_with_the_ports_that_it_does_not_open() =>
        Assert.Equal("http://127.0.0.1:11111", Read.Of([.. Read.Cluster, "role gateway", "urls http://127.0.0.1:11111"]).Urls);

    [Fact]
    public void An_empty_value_is_no_value() => Assert.Equal(11111, Read.Of([.. Read.Cluster, "silo-port  ", "tls-key "]).Endpoints.SiloPort);
}
