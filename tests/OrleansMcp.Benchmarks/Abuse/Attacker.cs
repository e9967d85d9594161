using OrleansMcp.Benchmarks.Mcp;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>Who attacks: one client, with a few sessions of its own and the id of a session that is not.</summary>
internal sealed record Attacker(Target Target, string[] Own, string Foreign)
{
    private const int Sessions = 8;

    public AttackCounts Counts { get; } = new();

    /// <summary>Opens its sessions.</summary>
    public static async Task<Attacker> OpenAsync(Target target, string foreign, CancellationToken cancellationToken) =>
        new(target, await Mcp.Sessions.OpenManyAsync(target, Sessions, cancellationToken), foreign);

    /// <summary>The session of a hand; hands share them.</summary>
    public string SessionOf(int hand) => Own[hand % Own.Length];

    /// <summary>A request on the session of a hand.</summary>
    public byte[] Post(int hand, string body) => Target.Request("POST", SessionOf(hand), body);
}
