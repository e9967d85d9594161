namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>No attack either, by a process that keeps all processors busy: the most that an attacker on the same machine does to the neighbour by that alone.</summary>
internal sealed class BusyProcessors : IAttack
{
    private const int Turns = 100_000;

    public string Name => "busy-processors";

    public int Hands => Environment.ProcessorCount;

    public Task AttackAsync(Attacker attacker, int hand, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            Thread.SpinWait(Turns);
        }

        return Task.CompletedTask;
    }
}
