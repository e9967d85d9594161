namespace OrleansMcp.Drill.Run.Pacing;

/// <summary>
/// The attempts that a client may still make. Work in a namespace that nobody shared with the client is one attempt a request to the server, so
/// it has a part of its own, and leaves the attacks theirs.
/// </summary>
internal sealed class ClientAttempts
{
    /// <summary>An attack is two requests, one for the baseline and one at the victim, and a server counts both.</summary>
    private const int PerAttack = 2;

    /// <summary>The most requests that a workload sends to a namespace that refuses it.</summary>
    private const int PerWorkload = 3;

    private readonly AttemptBudget? _attacks;
    private readonly AttemptBudget? _work;

    /// <param name="plan">Says how many; a plan without a limit lets the client make any number.</param>
    /// <param name="time">The clock.</param>
    public ClientAttempts(DrillPlan plan, TimeProvider time)
    {
        if (plan.AttacksPerMinute < int.MaxValue)
        {
            var work = plan.AttacksPerMinute / 4;
            _work = new(work, plan.Duration, time);
            _attacks = new(plan.AttacksPerMinute - work, plan.Duration, time);
        }
    }

    public bool TryAttack() => _attacks?.TryTake(PerAttack) ?? true;

    public bool TryWork() => _work?.TryTake(PerWorkload) ?? true;
}
