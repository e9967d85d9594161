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
            try
            {
                results.Add(await AbuseTrial.RunAsync(name, options, cancellationToken));
                await Console.Error.WriteLineAsync(results[^1].Glance); // The tables are long in coming.
                report.Checked(results[^1].Rounds.Sum(round => round.Calls - round.Failed));
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                report.Failed($"abuse, {name}, could not run: {e.GetType().Name}: {e.Message}"); // The others still say something.
            }
        }

        report.Section(
            "abuse",
            $"{AbuseTimes.Of(options).Round.TotalSeconds:0.#} s alone, then beside. Each attack is one client with default quotas, on a server of its own with a heap of 768 MiB at most. The neighbour, of another tenant, calls "
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
