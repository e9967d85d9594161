using OrleansMcp.Cluster.Tests.Processes;
using OrleansMcp.Silo.Settings;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Settings;

/// <summary>The environment of this process is changed: nothing else may run meanwhile.</summary>
[Collection(AloneCollection.Name)]
public sealed class EnvironmentTests
{
    [Fact]
    public void A_variable_sets_what_the_command_line_does_not() => With(
        [("ORLEANSMCP_SILOPORT", "11200"), ("ORLEANSMCP_GATEWAYPORT", "30200"), ("ORLEANSMCP_TABLES__CONNECTIONSTRING", Read.Connection), ("ORLEANSMCP_SESSIONIDKEYS", Read.Key)],
        () =>
        {
            var settings = SettingsReader.Read(["--siloPort", "11300"]);
            Assert.Equal((11300, 30200), (settings.Endpoints.SiloPort, settings.Endpoints.GatewayPort));
            Assert.Equal(Read.Connection, settings.Tables!.ConnectionString);
        });

    [Fact]
    public void Mistakes_of_both_are_told_together() => With(
        [("ORLEANSMCP_PROBE", "soon"), ("ORLEANSMCP_COLOUR", "red"), ("ORLEANSMCP_DRAIN", "never")],
        () =>
        {
            var errors = Assert.Throws<SettingsException>(() => SettingsReader.Read(["--role", "--drain", "1", "here", "--siloPort", "0"])).Errors;
            Assert.Equal(5, errors.Count);
            Assert.Contains("Argument 4 is no setting: write --key value, or --key=value.", errors);
            Read.ExpectNames(Assert.Single(errors, error => error.StartsWith("role", StringComparison.Ordinal)), "role");
            Read.ExpectNames(Assert.Single(errors, error => error.StartsWith("siloPort", StringComparison.Ordinal)), "siloPort");
            Read.ExpectNames(Assert.Single(errors, error => error.StartsWith("probe", StringComparison.Ordinal)), "probe");
            Assert.Single(errors, error => error.EndsWith("(environment variable ORLEANSMCP_COLOUR)", StringComparison.Ordinal));
        });

    [Fact]
    public async Task A_process_that_cannot_use_its_settings_says_so_without_secrets_and_stops()
    {
        await using var process = ClusterNode.Run(
            "--role", "gateway", "--siloPort", "0", "--tables:connectionString", "AccountKey=" + Read.Secret, "AccountKey=" + Read.Secret);
        Assert.Equal(2, await process.ExitAsync());
        Assert.Contains("(environment variable ORLEANSMCP_SILOPORT)", process.Output, StringComparison.Ordinal);
        Assert.Contains("(environment variable ORLEANSMCP_TABLES__CONNECTIONSTRING)", process.Output, StringComparison.Ordinal);
        Assert.Contains("Argument 7 is no setting", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Read.Secret, process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }

    private static void With((string Name, string Value)[] variables, Action test)
    {
        try
        {
            foreach (var (name, value) in variables)
            {
                Environment.SetEnvironmentVariable(name, value);
            }

            test();
        }
        finally
        {
            foreach (var (name, _) in variables)
            {
                Environment.SetEnvironmentVariable(name, null);
            }
        }
    }
}
