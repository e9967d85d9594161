using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>
/// The counter of a session is the sum of its owner's increments: those that were acknowledged, each once, and of those without an answer
/// any. Increments are not negative, so their order is the order of the values.
/// </summary>
internal static class SessionCounterCheck
{
    public const string Wrong = "counter not exact";

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history) => history.OfType<CounterStep>()
        .GroupBy(step => step.Stamp.Session).Select(Check).OfType<Finding>();

    private static Finding? Check(IGrouping<int, CounterStep> session)
    {
        CounterStep[] steps = [.. session.Where(step => step.IsOk).OrderBy(step => step.Value).ThenByDescending(step => step.By).ThenBy(step => step.Stamp.Begin)];
        CounterStep[] unknown = [.. session.Where(step => step.IsUnknown)];
        var (sum, least, latest) = (0L, 0L, (CounterStep?)null);
        foreach (var step in steps)
        {
            sum += step.By;
            var excess = step.Value - sum;
            if (excess < least || excess > unknown.Where(one => one.Stamp.Begin < step.Stamp.End).Sum(one => one.By))
            {
                return new(Wrong,
                    $"The counter of session {session.Key} was {step.Value} where the increments answered so far come to {sum}.",
                    [.. session.Where(one => one.Stamp.Begin < step.Stamp.End)]) { IsWhole = true };
            }

            // The value grows with time: nothing that was over when a smaller value was asked for can be larger.
            if (latest is not null && step.Precedes(latest))
            {
                return new(Wrong, $"The counter of session {session.Key} fell from {step.Value} to {latest.Value}.", [step, latest]);
            }

            least = excess; // what an increment without an answer added stays
            latest = latest is null || step.Stamp.Begin > latest.Stamp.Begin ? step : latest;
        }

        return null;
    }
}
