using System.Diagnostics.CodeAnalysis;

namespace OrleansMcp.Quotas;

/// <summary>
/// The calls that wait for a place: a queue a tenant, served by deficit round robin over the time that the calls of each took. Guarded by the
/// lock of <see cref="FairScheduler"/>.
/// </summary>
internal sealed class TenantQueues
{
    private readonly Dictionary<string, TenantQueue> _queues = new(StringComparer.Ordinal);
    private readonly LinkedList<TenantQueue> _round = new();
    private int _waiting;

    /// <summary>How many calls wait. May be read without the lock.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Puts a call at the end of its tenant's queue, unless so many of the tenant wait already.</summary>
    public bool TryEnqueue(string tenant, int most, [NotNullWhen(true)] out WaitingTurn? waiter)
    {
        if (!_queues.TryGetValue(tenant, out var queue))
        {
            _queues.Add(tenant, queue = new TenantQueue(tenant));
        }

        if (queue.Waiters.Count >= most)
        {
            waiter = null;
            return false;
        }

        waiter = new WaitingTurn(queue);
        queue.Enqueue(waiter, _round);
        _waiting++;
        return true;
    }

    /// <summary>Takes the call out whose turn it is, and charges its tenant what its calls take.</summary>
    public WaitingTurn Dequeue()
    {
        var waiter = Next().Dequeue(_round);
        _waiting--;
        return waiter;
    }

    /// <summary>Takes out a call that waits no longer. False when it had its turn before.</summary>
    public bool Remove(WaitingTurn waiter)
    {
        if (!waiter.Queue.Remove(waiter, _round))
        {
            return false;
        }

        _waiting--;
        return true;
    }

    /// <summary>Corrects what a call of a tenant was charged by the time that it took.</summary>
    public void Settle(string tenant, long charged, long used) => _queues.GetValueOrDefault(tenant)?.Settle(charged, used);

    /// <summary>No call waits: credits and debts of the tenants are reset.</summary>
    public void Reset() => _queues.Clear();

    private TenantQueue Next()
    {
        while (true)
        {
            var first = _round.First!.Value;
            if (first.Credit > 0 || _round.Count == 1)
            {
                return first;
            }

            first.Earn();
            _round.RemoveFirst();
            _round.AddLast(first);
        }
    }
}
