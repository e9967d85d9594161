using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>Every attack is refused with the same answer as an attack on a target that does not exist.</summary>
internal static class AttackCheck
{
    public const string Succeeded = "attack not refused";
    public const string Revealing = "refusal tells what exists";

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history)
    {
        foreach (var attack in history.OfType<Attack>().Where(attack => attack.IsJudged))
        {
            if (attack.IsOk)
            {
                yield return new(Succeeded, $"{attack.Client} was not refused: {attack.Kind}.", [attack]);
            }
            else if (attack.Answer != attack.Baseline)
            {
                yield return new(Revealing, $"{attack.Client} can tell by the answer that the target exists: {attack.Kind}.", [attack]);
            }
        }
    }
}
