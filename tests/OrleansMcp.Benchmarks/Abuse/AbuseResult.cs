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
    public IEnumerable<NeighbourRound> Rounds => [Alone, Beside, After];
}
