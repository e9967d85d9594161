using OrleansMcp.Configuration;

namespace OrleansMcp.Tests.Infra;

/// <summary>
/// The deployment, as far as it can be judged without one. The checks stand in tests/infra, where they read the templates with a parser of
/// their language; each is shown the deployment as it is, and with one fault at a time.
/// </summary>
[Trait(Rounds.Trait, Rounds.MoreAtNight)]
public sealed class InfraTests(InfraChecks checks) : IClassFixture<InfraChecks>
{
    public static TheoryData<string> Names => new(InfraChecks.Names);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_deployment_is_right(string check)
    {
        var verdict = await checks.VerdictAsync(check);
        Assert.True(verdict.Problems.Length == 0, $"{verdict.Title}:\n{string.Join('\n', verdict.Problems)}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_fault_is_seen(string check)
    {
        var verdict = await checks.VerdictAsync(check);
        Assert.True(verdict.Mutations > 0, "The check was never seen to fail.");
        Assert.True(verdict.Blind.Length == 0, $"{verdict.Title}. Not seen:\n{string.Join('\n', verdict.Blind)}");
    }

    [Fact]
    public async Task The_configuration_that_a_deployment_begins_with_is_valid()
    {
        var file = Path.Combine(Path.GetTempPath(), $"orleansmcp-{Guid.NewGuid():N}.yaml");
        try
        {
            await File.WriteAllTextAsync(file, await InfraChecks.FirstConfigurationAsync(), TestContext.Current.CancellationToken);
            var configuration = ConfigurationFile.Load(file);
            Assert.Equal("gateway.example", Assert.Single(configuration.Endpoint.AllowedHosts));
            Assert.Single(configuration.Tenants);
            Assert.Single(configuration.Operators);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void There_are_checks() => Assert.True(InfraChecks.Names.Count() >= 15);
}
