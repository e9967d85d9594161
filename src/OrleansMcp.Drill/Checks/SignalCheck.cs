using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>Every refused attack raises its signal: the server's count of a signal rises by the number of attacks or more.</summary>
internal static class SignalCheck
{
    public const string Missing = "attack not signalled";

    /// <summary>The number of attacks that must have raised each signal: what the server did not judge it need not signal.</summary>
    public static IReadOnlyDictionary<string, int> Expected(IReadOnlyList<Operation> history) => history.OfType<Attack>()
        .Where(attack => attack.IsRefused && attack.IsJudged)
        .GroupBy(attack => attack.Signal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);

    public static IEnumerable<Finding> Of(
        IReadOnlyList<Operation> history, IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after)
    {
        foreach (var (signal, attacks) in Expected(history))
        {
            var risen = after.GetValueOrDefault(signal) - before.GetValueOrDefault(signal);
            if (risen < attacks)
            {
                yield return new(Missing, $"{attacks} attacks must have raised {signal}; it was raised {risen} times.",
                    [history.OfType<Attack>().First(attack => attack.Signal == signal && attack.IsRefused)]);
            }
        }
    }
}
