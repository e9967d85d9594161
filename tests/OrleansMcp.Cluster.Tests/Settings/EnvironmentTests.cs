using System.Collections;
using OrleansMcp.Cluster.Tests.Processes;
using OrleansMcp.Hosting.Settings;

namespace OrleansMcp.Cluster.Tests.Settings;

/// <summary>Settings from the environment, and from it and the command line together.</summary>
public sealed class EnvironmentTests
{
    [Fact]
    public void A_variable_sets_what_the_command_line_does_not()
    {
        var settings = SettingsReader.Read(
            [KeyValuePair.Create(KnownSettings.SiloPort, (string?)"11300")],
            new Hashtable
            {
                ["ORLEANSMCP_SILO_PORT"] = "11200", ["ORLEANSMCP_GATEWAY_PORT"] = "30200", ["ORLEANSMCP_TABLES"] = Read.Connection,
                ["ORLEANSMCP_STORE"] = "tables", ["ORLEANSMCP_CLUSTERING"] = "tables", ["orleansmcp_session_id_keys"] = Read.Key, ["PATH"] = "/bin",
            });
        Assert.Equal((11300, 30200), (settings.Endpoints.SiloPort, settings.Endpoints.GatewayPort));
        Assert.Equal(Read.Connection, settings.Tables!.ConnectionString);
    }

    [Fact]
    public void A_variable_that_nobody_reads_is_refused_with_the_nearest_name()
    {
        var errors = Assert.Throws<SettingsException>(() => SettingsReader.Read(
            [], new Hashtable { ["ORLEANSMCP_STROE"] = "tables", ["ORLEANSMCP_COLOUR"] = "red", ["ORLEANSMCP_EMPTY"] = " " })).Errors;
        Assert.Equal(
            ["The environment variable ORLEANSMCP_COLOUR is not a setting.", "The environment variable ORLEANSMCP_STROE is not a setting; ORLEANSMCP_STORE is."],
            errors.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_process_that_cannot_use_its_settings_says_so_without_secrets_and_stops()
    {
        await using var process = ClusterNode.Run(
            "--role", "gateway", "--drain", "never", "--tables", "AccountKey=" + Read.Secret, "AccountKey=" + Read.Secret);
        Assert.Equal(2, await process.ExitAsync());
        Assert.Contains("ORLEANSMCP_DRAIN)", process.Output, StringComparison.Ordinal);
        Assert.Contains("ORLEANSMCP_TABLES)", process.Output, StringComparison.Ordinal);
        Assert.Contains("Argument 7 is not understood.", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Read.Secret, process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }
}
