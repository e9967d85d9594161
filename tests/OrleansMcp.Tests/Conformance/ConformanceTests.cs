using OrleansMcp.Tests.Clients;

namespace OrleansMcp.Tests.Conformance;

/// <summary>The conformance suite of the protocol, both eras against one process and one URL.</summary>
[Collection(typeof(Undisturbed))]
public sealed class ConformanceTests(ConformanceProcess host) : IClassFixture<ConformanceProcess>
{
    // The numbers are what the suite counts today: a run that checked less has not seen everything.
    [Theory]
    [InlineData("2025-11-25", 69, 14)]
    [InlineData("2026-07-28", 120, 32)]
    public async Task Every_check_of_a_revision_passes(string revision, int scored, int unscored)
    {
        var result = await SuiteResult.RunAsync(host.Url, revision);

        ExpectNone("Scenarios without a result", result.Missing);
        ExpectNone("Scored checks that failed", Failures(result.Scored));
        ExpectNone("Other checks that failed", Failures(result.Unscored));
        Assert.InRange(Passed(result.Scored), scored, int.MaxValue);
        Assert.InRange(Passed(result.Unscored), unscored, int.MaxValue);
        result.Process.ExpectSuccess();
    }

    private static int Passed(IEnumerable<SuiteCheck> checks) => checks.Count(check => check.Status == "SUCCESS");

    private static IEnumerable<string> Failures(IEnumerable<SuiteCheck> checks) =>
        checks.Where(static check => check.IsFailure).Select(check => $"{check.Scenario}/{check.Id}: {check.Message}");

    private static void ExpectNone(string what, IEnumerable<string> found)
    {
        var lines = found.ToList();
        Assert.True(lines.Count == 0, $"{what}:\n{string.Join('\n', lines)}");
    }
}
