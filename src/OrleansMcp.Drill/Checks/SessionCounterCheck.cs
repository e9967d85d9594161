using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>
/// The counter of a session is the sum of its owner's increments: each acknowledged one once, and any of those without an answer.
/// Increments are not negative, so their order is the order of the values.
/// </summary>
internal static class SessionCounterCheck
{
    public const string Wrong = "counter not exact";

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history) => history.OfType<CounterIncrement>()
        .GroupBy(step => step.Stamp.Session).Select(Check).OfType<Finding>();

    private static Finding? Check(IGrouping<int, CounterIncrement> session)
    {
        CounterIncrement[] steps = [.. session.Where(step => step.IsOk).OrderBy(step => step.Value).ThenByDescending(step => step.By).ThenBy(step => step.Stamp.Begin)];
        CounterIncrement[] unknown = [.. session.Where(step => step.IsUnknown)];
        var (sum, leastExcess, latest) = (0L, 0L, (CounterIncrement?)null);
        foreach (var step in steps)
        {
            sum += step.By;
            var excess = step.Value - sum;
            if (excess < leastExcess || excess > unknown.Where(one => one.Stamp.Begin < step.Stamp.End).Sum(one => one.By))
            {
                return new(Wrong,
                    $"The counter of session {session.Key} was {step.Value} where the increments answered so far come to {sum}.",
                    [.. session.Where(one => one.Stamp.Begin < step.Stamp.End)]) { IsIrreducible = true };
            }

            // The counter never falls: step, which has the larger value, cannot have been over before latest began.
            if (latest is not null && step.Precedes(latest))
            {
                return new(Wrong, $"The counter of session {session.Key} fell from {step.Value} to {latest.Value}.", [step, latest]);
            }

            leastExcess = excess; // what an unanswered increment added stays in the counter
            latest = latest is null || step.Stamp.Begin > latest.Stamp.Begin ? step : latest;
        }

        return null;
    }
}
