using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Run;

/// <summary>What a run does.</summary>
/// <param name="Clients">The clients. Each has <see cref="UsersPerClient"/> virtual users, which do one step after the other.</param>
/// <param name="Seed">Decides what each virtual user does, step by step. It does not decide how the users' steps interleave.</param>
internal sealed record DrillPlan(IReadOnlyList<DrillClient> Clients, int Seed)
{
    /// <summary>Two, so that a client competes with itself for its own records.</summary>
    public const int UsersPerClient = 2;

    /// <summary>How long the users go on.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After how many steps a user stops before <see cref="Duration"/> is over.</summary>
    public int StepsPerUser { get; init; } = int.MaxValue;

    /// <summary>How long an idle session gets no request; longer than the server keeps such sessions in memory, if their return is to be tried.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How many requests a client may send a minute for what is not its own; a server may throttle a client that sends more.</summary>
    public int AttacksPerMinute { get; init; } = int.MaxValue;
}
