using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>Something that must not happen, and did.</summary>
/// <param name="Rule">The rule that it breaks; the same for the same kind of fault.</param>
/// <param name="Says">What happened, in one sentence.</param>
/// <param name="Evidence">The operations that show it.</param>
internal sealed record Finding(string Rule, string Says, IReadOnlyList<Operation> Evidence)
{
    /// <summary>
    /// Whether nothing can be taken from the evidence: it is about a sum, which is wrong as well when one of its parts is left out.
    /// </summary>
    public bool IsWhole { get; init; }
}
