using OrleansMcp.Benchmarks.Reports;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>Shows what attacks came to.</summary>
internal static class AbuseTables
{
    public static Table Neighbour(IEnumerable<AbuseResult> results)
    {
        var table = new Table(
            "the neighbour's echo", "p50 alone", "p50 beside", "ratio", "p99 alone", "p99 beside", "ratio", "longest beside", "longest after", "failed");
        foreach (var result in results)
        {
            var (alone, beside, after) = (result.Alone, result.Beside, result.After);
            table.Add(
                result.Name, Figures.Milli(alone.P50), Figures.Milli(beside.P50), Figures.Times(beside.P50 / alone.P50),
                Figures.Milli(alone.P99), Figures.Milli(beside.P99), Figures.Times(beside.P99 / alone.P99),
                Figures.Milli(beside.Longest), Figures.Milli(after.Longest), $"{result.Rounds.Sum(round => round.Failed)} of {result.Rounds.Sum(round => round.Calls)}");
        }

        return table;
    }

    public static Table Server(IEnumerable<AbuseResult> results)
    {
        var table = new Table(
            "the server under attack", "requests", "refused", "closed by it", "its cores", "resident before", "highest", "after", "after / before", "waited");
        foreach (var result in results)
        {
            var (attack, recovery) = (result.Attack, result.Recovery);
            var ended = recovery.Resident == 0;
            table.Add(
                result.Name, Figures.Rate(attack.PerSecond(attack.Requests)), Figures.Rate(attack.PerSecond(attack.Refusals)),
                Figures.Rate(attack.PerSecond(attack.Closed)), $"{result.During.Cores:0.00}", Figures.Mega(result.Before), Figures.Mega(result.During.Highest),
                ended ? "it ended" : Figures.Mega(recovery.Resident), ended ? "" : Figures.Times((double)recovery.Resident / result.Before),
                $"{recovery.After.TotalSeconds:0} s");
        }

        return table;
    }
}
