using System.Net;
using OrleansMcp.Silo.Settings;

namespace OrleansMcp.Cluster.Tests.Settings;

/// <summary>What a process does that is told nothing, or the right things.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void Told_nothing_a_process_is_all_in_one_on_this_machine_with_its_state_in_memory()
    {
        var settings = Read.Of();
        Assert.Equal(SiloRole.Both, settings.Role);
        Assert.True(settings is { IsSilo: true, IsGateway: true });
        Assert.Equal("http://127.0.0.1:5080", settings.Urls);
        Assert.Equal(IPAddress.Loopback, settings.Endpoints.Address);
        Assert.Equal((11111, 30000, false), (settings.Endpoints.SiloPort, settings.Endpoints.GatewayPort, settings.Endpoints.ListenOnAny));
        Assert.Null(settings.Tables);
        Assert.Null(settings.Tls);
        Assert.Null(settings.ConfigFile);
        Assert.Empty(settings.SessionIdKeys);
        Assert.Equal(("orleansmcp", "orleansmcp"), (settings.ClusterId, settings.ServiceId));
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)), (settings.FailureDetection.Probe, settings.Drain));
        Assert.False(settings.LogsJson);
    }

    [Fact]
    public void Every_setting_reaches_what_it_is_for()
    {
        var config = Path.GetTempFileName();
        var settings = Read.Of(
            "role gateway", "clusterId c-1", "serviceId s.1", "urls http://0.0.0.0:8080;http://[::1]:8081", "config " + config,
            "tables:connectionString " + Read.Connection, "address 10.0.0.7", "siloPort 11112", "gatewayPort 30001", "listenOnAny true",
            $"sessionIdKeys {Read.Key}, {Read.Key[..^4]}Hh8=", "probe 0.5", "drain 7.5", "log json");
        File.Delete(config);
        Assert.Equal(SiloRole.Gateway, settings.Role);
        Assert.Equal(("c-1", "s.1"), (settings.ClusterId, settings.ServiceId));
        Assert.Equal("http://0.0.0.0:8080;http://[::1]:8081", settings.Urls);
        Assert.Equal(config, settings.ConfigFile);
        Assert.Equal(Read.Connection, settings.Tables!.ConnectionString);
        Assert.Equal(IPAddress.Parse("10.0.0.7"), settings.Endpoints.Address);
        Assert.Equal((11112, 30001, true), (settings.Endpoints.SiloPort, settings.Endpoints.GatewayPort, settings.Endpoints.ListenOnAny));
        Assert.Equal([Read.Key, Read.Key[..^4] + "Hh8="], settings.SessionIdKeys.Select(Convert.ToBase64String));
        Assert.Equal((0.5, 7.5), (settings.FailureDetection.Probe.TotalSeconds, settings.Drain.TotalSeconds));
        Assert.True(settings.LogsJson);
    }

    [Fact]
    public void An_account_is_named_by_its_uri_and_an_identity()
    {
        var settings = Read.Of("tables:serviceUri https://acct.table.core.windows.net", "tables:clientId id-1", "sessionIdKeys " + Read.Key);
        Assert.Equal(new TableSettings(null, new Uri("https://acct.table.core.windows.net"), "id-1"), settings.Tables);
    }

    [Theory]
    [InlineData("silo", true, false)]
    [InlineData("gateway", false, true)]
    [InlineData("both", true, true)]
    public void A_role_is_what_it_says(string role, bool silo, bool gateway)
    {
        var settings = Read.Of("role " + role, "tables:connectionString " + Read.Connection, "sessionIdKeys " + Read.Key);
        Assert.Equal((silo, gateway), (settings.IsSilo, settings.IsGateway));
    }

    [Fact]
    public void A_gateway_may_share_a_number_with_the_ports_that_it_does_not_open() =>
        Assert.Equal("http://127.0.0.1:11111", Read.Of(
            "role gateway", "urls http://127.0.0.1:11111", "tables:connectionString " + Read.Connection, "sessionIdKeys " + Read.Key).Urls);

    [Fact]
    public void An_empty_value_is_no_value() => Assert.Equal(11111, Read.Of("siloPort  ", "tables:connectionString ", "tls:key ").Endpoints.SiloPort);
}
