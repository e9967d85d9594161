using Microsoft.Extensions.Configuration;
using OrleansMcp.Hosting.Settings;

namespace OrleansMcp.Cluster.Tests.Settings;

/// <summary>Settings of an application: its section <c>OrleansMcp</c>, and its own addresses.</summary>
public sealed class ConfiguredSettingsTests
{
    [Fact]
    public void They_are_called_as_on_the_command_line_with_or_without_hyphens()
    {
        var key = Convert.ToBase64String(new byte[32]);
        foreach (var name in new[] { "session-id-keys", "SessionIdKeys", "sessionidkeys" })
        {
            var settings = Read(("OrleansMcp:store", "application"), ($"OrleansMcp:{name}", key), ("OrleansMcp:drain", "3"));
            Assert.Equal((TimeSpan.FromSeconds(3), 1), (settings.Drain, settings.SessionIdKeys.Count));
        }
    }

    [Fact]
    public void A_variable_of_the_environment_overrides_a_file_of_the_application()
    {
        var environment = new Dictionary<string, string> { ["ORLEANSMCP_DATA"] = "/tmp/deployed" };
        var settings = SettingsReader.Read(Application(("OrleansMcp:data", "/tmp/shop"), ("OrleansMcp:drain", "3")), environment);
        Assert.Equal(("/tmp/deployed", TimeSpan.FromSeconds(3)), (settings.DataFolder, settings.Drain));
    }

    [Fact]
    public void One_that_nobody_reads_is_refused_with_the_nearest()
    {
        var refusal = Assert.Throws<SettingsException>(() => Read(("OrleansMcp:dta", "/tmp/shop"), ("OrleansMcp:sessionidkey", "x")));
        Assert.Equal(
            ["The configuration key OrleansMcp:dta is not a setting; OrleansMcp:data is.", "The configuration key OrleansMcp:sessionidkey is not a setting; OrleansMcp:sessionidkeys is."],
            refusal.Errors);
    }

    [Fact]
    public void The_addresses_of_the_application_count_where_the_settings_give_none()
    {
        Assert.Equal(ServerSettings.DefaultUrl, Read().Urls);
        Assert.Equal("http://127.0.0.1:7000", Read(("urls", "http://127.0.0.1:7000")).Urls);
        Assert.Equal("http://127.0.0.1:7001", Read(("urls", "http://127.0.0.1:7000"), ("OrleansMcp:urls", "http://127.0.0.1:7001")).Urls);
    }

    private static ServerSettings Read(params (string Key, string? Value)[] given) => SettingsReader.Read(Application(given));

    private static IConfiguration Application(params (string Key, string? Value)[] given) =>
        new ConfigurationBuilder().AddInMemoryCollection(given.Select(one => KeyValuePair.Create(one.Key, one.Value))).Build();
}
