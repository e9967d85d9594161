using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>Removes from the evidence of a finding the operations that it can be shown without.</summary>
internal static class Shrinking
{
    private const int Largest = 64;

    /// <summary>
    /// Returns the finding on fewer operations, none of which can be left out. The evidence stays as it is when the check does not find the
    /// rule broken on the evidence alone, which is so when the fault is a missing operation, and when there are too many operations to try.
    /// </summary>
    public static Finding Of(Finding finding, Func<IReadOnlyList<Operation>, IEnumerable<Finding>> check)
    {
        Operation[] evidence = [.. finding.Evidence.Distinct().OrderBy(operation => operation.Stamp.Begin)];
        var smallest = finding with { Evidence = evidence };
        if (finding.IsIrreducible || evidence.Length > Largest || CheckAgain(evidence) is null)
        {
            return smallest;
        }

        for (var index = evidence.Length - 1; index >= 0; index--)
        {
            Operation[] fewer = [.. evidence[..index], .. evidence[(index + 1)..]];
            if (CheckAgain(fewer) is { } found)
            {
                (evidence, smallest) = (fewer, found with { Evidence = fewer });
            }
        }

        return smallest;

        Finding? CheckAgain(IReadOnlyList<Operation> operations) => check(operations).FirstOrDefault(found => found.Rule == finding.Rule);
    }
}
