using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Targets;

namespace OrleansMcp.Tests.Drill;

/// <summary>The file that names the clients of a running server.</summary>
public sealed class KeysFileTests
{
    [Fact]
    public void A_file_of_keys_names_clients_and_perhaps_an_operator()
    {
        var (keys, operatorKey) = KeysFile.Parse(["# the drill's", "", "acme/alice one", " globex/carol\ttwo ", "operator three"]);

        Assert.Equal("three", operatorKey);
        Assert.Equal([new DrillClient("acme", "alice"), new DrillClient("globex", "carol")], keys.Keys);
        Assert.Equal(["one", "two"], keys.Values);
    }

    [Theory]
    [InlineData("acme/alice")]
    [InlineData("alice secret-one")]
    [InlineData("acme/alice secret-one more")]
    [InlineData("acme/ secret-one")]
    [InlineData("acme/bob secret-one")]
    public void A_line_that_names_nobody_is_told_by_its_number_and_not_by_what_it_holds(string line)
    {
        var error = Assert.Throws<FormatException>(() => KeysFile.Parse(["acme/bob one", line]));

        Assert.Contains("Line 2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_in_two_lines_would_be_one_client_for_the_server()
    {
        var error = Assert.Throws<FormatException>(() => KeysFile.Parse(["acme/bob one", "acme/alice secret", "globex/carol secret"]));

        Assert.Contains("Line 3", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }
}
