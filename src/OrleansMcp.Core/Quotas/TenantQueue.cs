namespace OrleansMcp.Quotas;

/// <summary>
/// The waiting calls of one tenant, first in first out, and its credit of time. Guarded by the lock of <see cref="FairScheduler"/>.
/// </summary>
internal sealed class TenantQueue(string tenant)
{
    private const long Quantum = TimeSpan.TicksPerMillisecond;
    private const long MostDebt = -50 * TimeSpan.TicksPerMillisecond;

    public string Tenant => tenant;

    public LinkedList<WaitingTurn> Waiters { get; } = new();

    /// <summary>Ticks that the tenant's calls may take before the next tenant is served.</summary>
    public long Credit { get; private set; } = Quantum;

    /// <summary>
    /// Moving average of what the tenant's calls took, ticks: charged in advance, and corrected by <see cref="Settle"/>.
    /// </summary>
    public long Estimate { get; private set; } = TimeSpan.TicksPerMillisecond / 10;

    public void Earn() => Credit = Math.Min(Credit + Quantum, Quantum);

    public void Settle(long charged, long used)
    {
        Credit = Math.Max(Credit + charged - used, MostDebt);
        Estimate = Math.Max(1, Estimate + ((used - Estimate) / 8));
    }

    public void Enqueue(WaitingTurn waiter, LinkedList<TenantQueue> round)
    {
        if (Waiters.Count == 0)
        {
            round.AddLast(this);
        }

        waiter.Node = Waiters.AddLast(waiter);
    }

    public WaitingTurn Dequeue(LinkedList<TenantQueue> round)
    {
        var waiter = Waiters.First!.Value;
        Remove(waiter, round);
        Credit -= Estimate;
        return waiter;
    }

    public bool Remove(WaitingTurn waiter, LinkedList<TenantQueue> round)
    {
        if (waiter.Node?.List is null)
        {
            return false;
        }

        Waiters.Remove(waiter.Node);
        if (Waiters.Count == 0)
        {
            round.Remove(this);
        }

        return true;
    }
}

/// <summary>A call that waits for a place.</summary>
internal sealed class WaitingTurn(TenantQueue queue) : TaskCompletionSource<Ticket>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public TenantQueue Queue => queue;

    public LinkedListNode<WaitingTurn>? Node { get; set; }

    public void Cancel(CancellationToken token) => TrySetCanceled(token);
}
