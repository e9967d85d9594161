namespace OrleansMcp.Drill.Report;

/// <summary>A row of the report.</summary>
/// <param name="Area">What was checked, one of <see cref="History.Areas"/>.</param>
/// <param name="Rule">The rule that the check enforces, for people.</param>
/// <param name="Counts">What became of its operations.</param>
/// <param name="Findings">How many findings it has.</param>
/// <param name="State">What became of the check.</param>
/// <param name="Reason">Why it was not made, or not often enough.</param>
internal sealed record AreaRow(string Area, string Rule, Counts Counts, int Findings, CheckState State, string? Reason)
{
    /// <summary>What to change so that it can be made, if that is known.</summary>
    public string? Remedy { get; init; }

    public string Verdict => State switch
    {
        CheckState.Clean => "clean",
        CheckState.Found => FormattableString.Invariant($"{Findings} FOUND"),
        _ => $"not checked: {Reason}",
    };
}
