using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>Takes from the evidence of a finding whatever it can be shown without.</summary>
internal static class Shrinking
{
    private const int Largest = 64;

    /// <summary>
    /// The same finding on fewer operations, none of which can be left out. What is not found again on its evidence alone, because it is
    /// about what is missing, and evidence of more operations than can be tried, stay as they are.
    /// </summary>
    public static Finding Of(Finding finding, Func<IReadOnlyList<Operation>, IEnumerable<Finding>> check)
    {
        Operation[] evidence = [.. finding.Evidence.Distinct().OrderBy(operation => operation.Stamp.Begin)];
        var smallest = finding with { Evidence = evidence };
        if (finding.IsWhole || evidence.Length > Largest || Again(evidence) is null)
        {
            return smallest;
        }

        for (var index = evidence.Length - 1; index >= 0; index--)
        {
            Operation[] fewer = [.. evidence[..index], .. evidence[(index + 1)..]];
            if (Again(fewer) is { } found)
            {
                (evidence, smallest) = (fewer, found with { Evidence = fewer });
            }
        }

        return smallest;

        Finding? Again(IReadOnlyList<Operation> operations) => check(operations).FirstOrDefault(found => found.Rule == finding.Rule);
    }
}
