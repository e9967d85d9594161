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

    private readonly Lock _gate = new(); // guards all that follows
    private readonly SchedulerPlaces _places = new(time);
    private readonly TenantQueues _queues = new();
    private ITimer? _look;

    /// <summary>Calls that wait for their turn.</summary>
    public int Waiting => _queues.Waiting;

    /// <summary>Calls that hold a place.</summary>
    public int Running => _places.Taken;

    /// <summary>Takes a place if one is free and no call waits.</summary>
    public bool TryEnter(string tenant, out Ticket ticket)
    {
        lock (_gate)
        {
            return TryOccupyLocked(tenant, configuration().MaxRunning, out ticket);
        }
    }

    /// <summary>Waits for a place.</summary>
    /// <exception cref="QuotaExceededException"><see cref="SchedulerConfiguration.MaxQueuedPerTenant"/> calls of the tenant wait
    /// already.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while it waited; it left the queue at once.</exception>
    public async ValueTask<Ticket> EnterAsync(string tenant, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        WaitingTurn? waiter;
        lock (_gate)
        {
            var limits = configuration();
            if (TryOccupyLocked(tenant, limits.MaxRunning, out var ticket))
            {
                return ticket;
            }

            if (!_queues.TryEnqueue(tenant, limits.MaxQueuedPerTenant, out waiter))
            {
                throw new QuotaExceededException(new QuotaRefusal(Quota.QueuedCalls, QuotaScope.Tenant, RetryAfterSeconds: 1));
            }

            _look ??= time.CreateTimer(static self => ((FairScheduler)self!).Look(), this, s_look, s_look);
        }

        await using (cancellationToken.UnsafeRegister(static (state, token) => ((WaitingTurn)state!).Cancel(token), waiter))
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
            _queues.Settle(ticket.Tenant, ticket.Estimate, time.GetElapsedTime(ticket.Started).Ticks);
            if (_places.TryVacate(ticket))
            {
                DispatchLocked();
            }
        }
    }

    public void Dispose() => _look?.Dispose();

    private bool TryOccupyLocked(string tenant, int most, out Ticket ticket)
    {
        var isFree = _queues.Waiting == 0 && _places.Taken < most;
        ticket = isFree ? _places.Occupy(tenant, estimate: 0) : default;
        return isFree;
    }

    private void DispatchLocked()
    {
        while (_queues.Waiting > 0 && _places.Taken < configuration().MaxRunning)
        {
            var waiter = _queues.Dequeue();
            var ticket = _places.Occupy(waiter.Queue.Tenant, waiter.Queue.Estimate);
            if (!waiter.TrySetResult(ticket))
            {
                _places.TryVacate(ticket); // The waiter was cancelled after it left the queue.
                waiter.Queue.Settle(ticket.Estimate, used: 0);
            }
        }

        if (_queues.Waiting == 0)
        {
            _look?.Dispose();
            _look = null;
            _queues.Reset();
        }
    }

    private void Remove(WaitingTurn waiter)
    {
        lock (_gate)
        {
            if (_queues.Remove(waiter))
            {
                DispatchLocked();
            }
        }
    }

    /// <summary>Vacates places that were held for longer than <see cref="s_longest"/>.</summary>
    private void Look()
    {
        lock (_gate)
        {
            _places.VacateHeldFor(s_longest);
            DispatchLocked();
        }
    }
}
