using OrleansMcp.Server.Commands;

namespace OrleansMcp.Cluster.Tests.Settings;

/// <summary>Nothing on the command line is passed over, and nothing of it repeated that may be secret.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--rol gateway", "There is no '--rol'; did you mean '--role'?")]
    [InlineData("--siloport 1", "did you mean '--silo-port'?")]
    [InlineData("--colour red", "There is no '--colour'.")]
    [InlineData("sevre", "did you mean 'serve'?")]
    [InlineData("audit verify --tenants acme", "did you mean '--tenant'?")]
    [InlineData("audit verify --tenant", "--tenant")]
    [InlineData("--role gateway --role silo", "--role")]
    [InlineData("--role", "--role")]
    public async Task What_is_no_option_is_told_with_the_nearest_name(string line, string told)
    {
        var (code, error) = await RunAsync(line);
        Assert.Equal(2, code);
        Assert.Contains(told, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AccountKey=" + Read.Secret, 1)]
    [InlineData("--role gateway AccountKey=" + Read.Secret, 3)]
    [InlineData("--tables-connection=AccountKey=" + Read.Secret, 0)]
    [InlineData("--" + Read.Secret + "==", 1)]
    [InlineData(Read.Secret, 1)]
    [InlineData("--tables " + Read.Connection + " " + Read.Secret, 3)]
    public async Task What_may_be_half_of_a_secret_is_told_by_its_place(string line, int place)
    {
        var (code, error) = await RunAsync(line);
        Assert.Equal(2, code);
        Assert.DoesNotContain(Read.Secret, error, StringComparison.Ordinal);
        Assert.Contains(place == 0 ? "--tables" : $"Argument {place} is not understood.", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Error)> RunAsync(string line)
    {
        using StringWriter output = new(), error = new();
        var code = await CommandLine.RunAsync(line.Split(' '), output, error, TestContext.Current.CancellationToken);
        return (code, error.ToString());
    }
}
