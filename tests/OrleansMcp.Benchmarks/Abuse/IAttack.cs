using OrleansMcp.Benchmarks.Mcp;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>What one client does to a server, with several hands at once, until it is told to end.</summary>
internal interface IAttack
{
    string Name { get; }

    /// <summary>How many hands work at the same time.</summary>
    int Hands { get; }

    /// <summary>The revision of the protocol that its sessions have.</summary>
    string Protocol => Target.Version;

    /// <summary>What it needs before it begins.</summary>
    Task PrepareAsync(Attacker attacker, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// What one hand does, over and over: this is called again when it returns, and when it throws because the server closed a connection.
    /// </summary>
    Task AttackAsync(Attacker attacker, int hand, CancellationToken end);
}
