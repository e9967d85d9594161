using OrleansMcp.Configuration;

namespace OrleansMcp.Quotas;

/// <summary>
/// Decides which tool calls of a process compute next. While fewer than <see cref="SchedulerConfiguration.MaxRunning"/> calls run, a call
/// enters without a queue. Beyond that, calls wait in a queue per tenant, and the queues are served by deficit round robin over the time
/// that their calls took: the calls of a tenant that floods delay its own.
/// </summary>
/// <remarks>
/// A call holds a place while its handler computes before the first await, not while it awaits: a hundred calls that wait for a network
/// would otherwise keep out calls that need a microsecond, or the bound would have to be so wide that it bounds nothing. What a handler
/// computes after an await is not scheduled here, but charged as compute time. A call that holds its place for longer than
/// <see cref="s_longest"/> (a tool that blocks its thread) loses the place to a waiting call, and continues beside it.
/// </remarks>
internal sealed class FairScheduler(Func<SchedulerConfiguration> configuration, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly List<Place> _places = [];
    private readonly Stack<int> _free = new();
    private readonly Dictionary<string, TenantQueue> _queues = new(StringComparer.Ordinal);
    private readonly LinkedList<TenantQueue> _round = new();
    private ITimer? _look;
    private int _running;
    private int _waiting;

    /// <summary>Calls that wait for their turn.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Calls that hold a place.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Takes a place if one is free and no call waits.</summary>
    public bool TryEnter(string tenant, out Ticket ticket)
    {
        lock (_gate)
        {
            if (_waiting == 0 && _running < configuration().MaxRunning)
            {
                ticket = OccupyLocked(tenant, estimate: 0);
                return true;
            }
        }

        ticket = default;
        return false;
    }

    /// <summary>Waits for a place.</summary>
    /// <exception cref="QuotaExceededException"><see cref="SchedulerConfiguration.MaxQueuedPerTenant"/> calls of the tenant wait
    /// already.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while it waited; it left the queue at once.</exception>
    public async ValueTask<Ticket> EnterAsync(string tenant, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_gate)
        {
            var limits = configuration();
            if (_waiting == 0 && _running < limits.MaxRunning)
            {
                return OccupyLocked(tenant, estimate: 0);
            }

            var queue = QueueLocked(tenant);
            if (queue.Waiters.Count >= limits.MaxQueuedPerTenant)
            {
                throw new QuotaExceededException(new QuotaRefusal(Quota.QueuedCalls, QuotaScope.Tenant, RetryAfterSeconds: 1));
            }

            waiter = new Waiter(queue);
            queue.Enqueue(waiter, _round);
            _waiting++;
            _look ??= time.CreateTimer(static self => ((FairScheduler)self!).Look(), this, s_look, s_look);
        }

        await using (cancellationToken.UnsafeRegister(static (state, token) => ((Waiter)state!).Cancel(token), waiter))
        {
            try
            {
                return await waiter.Task;
            }
            catch (OperationCanceledException)
            {
                Remove(waiter);
                throw;
            }
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(in Ticket ticket)
    {
        lock (_gate)
        {
            var used = time.GetElapsedTime(ticket.Started).Ticks;
            if (_queues.TryGetValue(ticket.Tenant, out var queue))
            {
                queue.Settle(ticket.Estimate, used);
            }

            if (_places[ticket.Place].Occupation == ticket.Occupation)
            {
                VacateLocked(ticket.Place);
                DispatchLocked();
            }
        }
    }

    public void Dispose() => _look?.Dispose();

    private TenantQueue QueueLocked(string tenant)
    {
        if (!_queues.TryGetValue(tenant, out var queue))
        {
            _queues.Add(tenant, queue = new TenantQueue(tenant));
        }

        return queue;
    }

    private Ticket OccupyLocked(string tenant, long estimate)
    {
        if (!_free.TryPop(out var index))
        {
            index = _places.Count;
            _places.Add(default);
        }

        var (now, occupation) = (time.GetTimestamp(), _places[index].Occupation + 1);
        _places[index] = new Place(occupation, now, IsTaken: true);
        _running++;
        return new Ticket(tenant, index, occupation, now, estimate);
    }

    private void VacateLocked(int index)
    {
        _places[index] = new Place(_places[index].Occupation + 1, Since: 0, IsTaken: false);
        _free.Push(index);
        _running--;
    }

    private void DispatchLocked()
    {
        while (_waiting > 0 && _running < configuration().MaxRunning)
        {
            var queue = NextLocked();
            var waiter = queue.Dequeue(_round);
            _waiting--;
            var ticket = OccupyLocked(queue.Tenant, queue.Estimate);
            if (!waiter.TrySetResult(ticket))
            {
                VacateLocked(ticket.Place); // The waiter was cancelled after it left the queue.
                queue.Settle(queue.Estimate, used: 0);
            }
        }

        if (_waiting == 0)
        {
            _look?.Dispose();
            _look = null;
            _queues.Clear(); // No call waits: credits and debts of the tenants are reset.
        }
    }

    private TenantQueue NextLocked()
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

    private void Remove(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Queue.Remove(waiter, _round))
            {
                _waiting--;
                DispatchLocked();
            }
        }
    }

    /// <summary>Vacates places that were held for longer than <see cref="s_longest"/>.</summary>
    private void Look()
    {
        lock (_gate)
        {
            for (var i = 0; i < _places.Count; i++)
            {
                if (_places[i].IsTaken && time.GetElapsedTime(_places[i].Since) > s_longest)
                {
                    VacateLocked(i);
                }
            }

            DispatchLocked();
        }
    }

    private readonly record struct Place(long Occupation, long Since, bool IsTaken);

    private sealed class Waiter(TenantQueue queue) : TaskCompletionSource<Ticket>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TenantQueue Queue => queue;

        public LinkedListNode<Waiter>? Node { get; set; }

        public void Cancel(CancellationToken token) => TrySetCanceled(token);
    }

    /// <summary>The waiting calls of one tenant, first in first out, and its credit of time.</summary>
    private sealed class TenantQueue(string tenant)
    {
        private const long Quantum = TimeSpan.TicksPerMillisecond;
        private const long MostDebt = -50 * TimeSpan.TicksPerMillisecond;

        public string Tenant => tenant;

        public LinkedList<Waiter> Waiters { get; } = new();

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

        public void Enqueue(Waiter waiter, LinkedList<TenantQueue> round)
        {
            if (Waiters.Count == 0)
            {
                round.AddLast(this);
            }

            waiter.Node = Waiters.AddLast(waiter);
        }

        public Waiter Dequeue(LinkedList<TenantQueue> round)
        {
            var waiter = Waiters.First!.Value;
            Remove(waiter, round);
            Credit -= Estimate;
            return waiter;
        }

        public bool Remove(Waiter waiter, LinkedList<TenantQueue> round)
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
}

/// <summary>A place in <see cref="FairScheduler"/>, given back by <see cref="FairScheduler.Leave"/>.</summary>
internal readonly record struct Ticket(string Tenant, int Place, long Occupation, long Started, long Estimate);
