using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Run;

/// <summary>What a run leaves to be checked.</summary>
/// <param name="Operations">Every operation, in the order of the beginnings.</param>
/// <param name="Offered">Whether the server offers a tool to any client.</param>
/// <param name="Before">The counts of the signals before the run; null when they cannot be read.</param>
/// <param name="After">The counts after the run.</param>
internal sealed record DrillHistory(
    IReadOnlyList<Operation> Operations, Func<string, bool> Offered, IReadOnlyDictionary<string, long>? Before,
    IReadOnlyDictionary<string, long>? After);
