using OrleansMcp.Benchmarks.Reports;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>What one attack came to, for the neighbour and for the server.</summary>
/// <param name="Name">Of the attack.</param>
/// <param name="Alone">The neighbour before it.</param>
/// <param name="Beside">The neighbour beside it.</param>
/// <param name="After">The neighbour after it, until memory was back.</param>
/// <param name="Attack">What the attacker did.</param>
/// <param name="Before">Resident memory before it, bytes.</param>
/// <param name="During">The server during it.</param>
/// <param name="Recovery">The server after it.</param>
internal sealed record AbuseResult(
    string Name, NeighbourRound Alone, NeighbourRound Beside, NeighbourRound After, AttackResult Attack, long Before, ServerWatch During, Recovery Recovery)
{
    /// <summary>A line for whoever waits for the rest.</summary>
    public string Glance =>
        $"{Name}: p50 {Figures.Milli(Alone.P50)} -> {Figures.Milli(Beside.P50)}, p99 {Figures.Milli(Alone.P99)} -> {Figures.Milli(Beside.P99)}, "
        + $"resident {Figures.Mega(Before)} -> {Figures.Mega(During.Highest)} -> {Figures.Mega(Recovery.Resident)} after {Recovery.After.TotalSeconds:0} s, "
        + $"failed {Rounds.Sum(round => round.Failed)}";

    public IEnumerable<NeighbourRound> Rounds => [Alone, Beside, After];
}
