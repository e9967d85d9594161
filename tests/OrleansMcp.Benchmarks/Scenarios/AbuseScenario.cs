using OrleansMcp.Benchmarks.Abuse;
using OrleansMcp.Benchmarks.Reports;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>
/// A client that behaves, alone and beside each of the attacks that one client of another tenant can make with its default quotas; each attack on
/// a server of its own whose heap is limited, as a small container's is. It prints and does not judge.
/// </summary>
internal static class AbuseScenario
{
    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        var results = new List<AbuseResult>();
        foreach (var name in AllAttacks.Names.Where(name => options.Attack is null || name == options.Attack))
        {
            await Console.Error.WriteLineAsync($"abuse: {name}");
            results.Add(await AbuseTrial.RunAsync(name, options, cancellationToken));
            report.Checked(results[^1].Rounds.Sum(round => round.Calls - round.Failed));
        }

        report.Section(
            "abuse",
            "Each attack is one client with default quotas, on a server of its own with a heap of 768 MiB at most. The neighbour, of another tenant, calls "
            + "100 times a second at most. Resident memory is waited for until it is within a tenth of what it was. The attacker shares the "
            + "processors, at a low priority: the first two rows are without an attack.",
            AbuseTables.Neighbour(results));
        report.Section("abuse: the server", Failures(results), AbuseTables.Server(results));
    }

    private static string Failures(IEnumerable<AbuseResult> results)
    {
        var failures = results
            .Select(result => (result.Name, Text: result.Rounds.Select(round => round.FirstFailure).FirstOrDefault(text => text is not null)))
            .Where(failure => failure.Text is not null)
            .Select(failure => $"{failure.Name}: {failure.Text}")
            .ToList();
        return failures.Count == 0 ? "No request of the neighbour failed." : "The neighbour's first failures: " + string.Join("; ", failures) + ".";
    }
}
