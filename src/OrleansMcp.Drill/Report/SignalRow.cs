using OrleansMcp.Drill.Checks;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Report;

/// <summary>Judges the server's signals: each attack that it refused must have raised one.</summary>
internal static class SignalRow
{
    private const string Rule = "one for each attack";

    public static (AreaRow Row, IReadOnlyList<Finding> Findings) Judge(DrillHistory history)
    {
        var expected = SignalCheck.Expected(history.Operations);
        var attacks = expected.Values.Sum();
        var row = new AreaRow(Areas.Signals, Rule, new(Ok: 0, Refused: attacks, Hindered: 0), Findings: 0, CheckState.Clean, Reason: null);
        if ((history.Before.Problem ?? history.After.Problem) is { } problem)
        {
            return (row with { State = CheckState.NotChecked, Reason = problem }, []);
        }

        var (before, after) = (history.Before.Counts!, history.After.Counts!);
        if (before.Any(count => after.GetValueOrDefault(count.Key) < count.Value)
            || history.Operations.Any(operation => operation.Hindrance is { Kind: HindranceKind.Silence }))
        {
            return (row with { State = CheckState.NotChecked, Reason = "the server left requests unanswered or was started again, and counts from its start" }, []);
        }

        if (attacks == 0)
        {
            return (row with { State = CheckState.NotChecked, Reason = "no attack was judged" }, []);
        }

        List<Finding> findings = [.. SignalCheck.Of(history.Operations, before, after)];
        return (row with { Findings = findings.Count, State = findings.Count > 0 ? CheckState.Found : CheckState.Clean }, findings);
    }
}
