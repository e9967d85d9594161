using OrleansMcp.Silo.Settings;

namespace OrleansMcp.Cluster.Tests.Settings;

/// <summary>Nothing on the command line is passed over.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--role gateway")]
    [InlineData("--role=gateway")]
    [InlineData("--role= gateway")]
    [InlineData("--ROLE gateway")]
    [InlineData("--role silo --role gateway")]
    public void A_setting_is_a_key_and_its_value(string line)
    {
        var errors = new List<string>();
        var read = CommandLine.Read(line == "--role= gateway" ? ["--role= gateway"] : line.Split(' '), errors);
        Assert.Empty(errors);
        Assert.Equal("gateway", Assert.Single(read).Value!.Trim());
        Assert.True(read.ContainsKey("role"));
    }

    [Fact]
    public void A_value_may_contain_what_separates_keys_from_values()
    {
        var read = CommandLine.Read(["--tables:connectionString", Read.Connection, $"--sessionIdKeys={Read.Key}"], []);
        Assert.Equal((Read.Connection, Read.Key), (read["tables:connectionString"], read["sessionIdKeys"]));
    }

    [Theory]
    [InlineData("gateway", 1)]
    [InlineData("--role gateway gateway", 3)]
    [InlineData("-role gateway", 1, 2)]
    [InlineData("/role gateway", 1, 2)]
    [InlineData("role=gateway", 1)]
    [InlineData("-- role", 1, 2)]
    [InlineData("--=role", 1)]
    [InlineData("--role gateway AccountKey=" + Read.Secret, 3)]
    [InlineData("-tables:connectionString=AccountKey=" + Read.Secret, 1)]
    [InlineData("--" + Read.Secret + "==", 1)]
    public void What_is_no_setting_is_refused_by_its_place_and_not_repeated(string line, params int[] places)
    {
        var errors = new List<string>();
        CommandLine.Read(line.Split(' '), errors);
        Assert.Equal(places.Select(place => $"Argument {place} is no setting: write --key value, or --key=value."), errors);
    }

    [Theory]
    [InlineData("--siloPort", "siloPort")]
    [InlineData("--listenOnAny --role silo", "listenOnAny")]
    [InlineData("--role silo --tables:connectionString", "tables:connectionString")]
    public void A_key_without_a_value_is_refused(string line, string key)
    {
        var errors = new List<string>();
        CommandLine.Read(line.Split(' '), errors);
        var error = Assert.Single(errors);
        Read.ExpectNames(error, key);
        Assert.Contains("without a value", error, StringComparison.Ordinal);
    }
}
