using OrleansMcp.Drill.Checks.Records;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>The checks of a history. A check is a function: the same history gives the same findings.</summary>
internal static class IsolationChecks
{
    private static readonly Func<IReadOnlyList<Operation>, IEnumerable<Finding>>[] s_checks =
    [
        SessionCheck.Of,
        SessionCounterCheck.Of,
        SecretCheck.Of,
        CacheCheck.Of,
        ToolLogCheck.Of,
        UpstreamCheck.Of,
        AttackCheck.Of,
        GrantCheck.Of,
        ValueCheck.Of,
        RecordCounterCheck.Of,
        SerialisationCheck.Of,
    ];

    /// <summary>The findings, each with the smallest history that still shows it.</summary>
    public static IReadOnlyList<Finding> Of(IReadOnlyList<Operation> history) =>
        [.. s_checks.SelectMany(check => check(history).Select(finding => Shrinking.Of(finding, check)))];
}
