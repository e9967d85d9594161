using OrleansMcp.Tests.Clients;

namespace OrleansMcp.Tests.Conformance;

/// <summary>The conformance suite of the protocol, both eras against one process and one URL.</summary>
public sealed class ConformanceTests(ConformanceProcess host) : IClassFixture<ConformanceProcess>
{
    [Theory]
    [InlineData("2025-11-25", 69)]
    [InlineData("2026-07-28", 120)]
    public async Task Every_check_of_the_requirements_passes(string revision, int scoredChecks)
    {
        NodePackages.Require();
        var result = await SuiteResult.RunAsync(host.Url, revision);

        Assert.Empty(result.Missing);
        Assert.Empty(Failures(result.Scored));
        Assert.Empty(Failures(result.Unscored));
        Assert.InRange(result.Scored.Count(check => check.Status == "SUCCESS"), scoredChecks, int.MaxValue);
        result.Process.ExpectSuccess();
    }

    private static IEnumerable<string> Failures(IEnumerable<SuiteCheck> checks) =>
        checks.Where(check => check.Status is "FAILURE" or "WARNING").Select(check => $"{check.Scenario}/{check.Id}: {check.Message}");
}
