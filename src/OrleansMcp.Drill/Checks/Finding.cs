using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>A rule of isolation that the server broke.</summary>
/// <param name="Rule">The name of the rule; the same for the same kind of fault.</param>
/// <param name="Message">What happened, in one sentence.</param>
/// <param name="Evidence">The operations that show it.</param>
internal sealed record Finding(string Rule, string Message, IReadOnlyList<Operation> Evidence)
{
    /// <summary>
    /// Whether <see cref="Shrinking"/> must keep all evidence: a sum is wrong as well when one of its parts is left out.
    /// </summary>
    public bool IsIrreducible { get; init; }
}
