using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Work;

/// <summary>What a run does.</summary>
/// <param name="Parties">The clients. Each has <see cref="LanesPerParty"/> lanes of work, which do one thing after the other.</param>
/// <param name="Seed">Decides what each lane does, step by step. How the lanes interleave it does not decide.</param>
internal sealed record DrillPlan(IReadOnlyList<Party> Parties, int Seed)
{
    /// <summary>Two, so that a client competes with itself for its own records.</summary>
    public const int LanesPerParty = 2;

    /// <summary>How long to go on.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After how many steps a lane stops before its time.</summary>
    public int StepsPerLane { get; init; } = int.MaxValue;

    /// <summary>How long a session lies idle that rests; longer than the server keeps such sessions in memory, if that is to be tried.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How many attacks a client may try a minute; a server may shut out who tries more.</summary>
    public int AttacksPerMinute { get; init; } = int.MaxValue;
}
