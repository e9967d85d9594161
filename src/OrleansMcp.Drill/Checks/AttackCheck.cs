using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>Every attack is refused, in the words that what never was is answered with.</summary>
internal static class AttackCheck
{
    public const string Succeeded = "attack not refused";
    public const string Telling = "refusal tells what exists";

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history)
    {
        foreach (var attack in history.OfType<Attack>().Where(attack => !attack.IsUnknown && attack.Stamp.Code != Attack.Throttled))
        {
            if (attack.IsOk)
            {
                yield return new(Succeeded, $"{attack.Who} was not refused: {attack.Kind}.", [attack]);
            }
            else if (attack.Answer != attack.Measure)
            {
                yield return new(Telling, $"{attack.Who} can tell by the answer that the target exists: {attack.Kind}.", [attack]);
            }
        }
    }
}
