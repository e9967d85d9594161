using OrleansMcp.Quotas;

namespace OrleansMcp.Tests.Quotas;

public sealed class TenantQueuesTests
{
    private const int Most = 100;
    private const long Millisecond = TimeSpan.TicksPerMillisecond;
    private readonly TenantQueues _queues = new();

    [Fact]
    public void The_calls_of_one_tenant_are_served_in_their_order()
    {
        var waiters = Enumerable.Range(0, 10).Select(_ => Enqueue("a")).ToList();
        Assert.Equal(10, _queues.Waiting);
        Assert.All(waiters, waiter => Assert.Same(waiter, _queues.Dequeue()));
        Assert.Equal(0, _queues.Waiting);
    }

    [Fact]
    public void A_tenant_whose_calls_take_long_waits_for_one_whose_calls_do_not()
    {
        for (var call = 0; call < 30; call++)
        {
            Enqueue("slow");
            Enqueue("quick");
        }

        List<string> served = [];
        for (var turn = 0; turn < 20; turn++)
        {
            var queue = _queues.Dequeue().Queue;
            served.Add(queue.Tenant);
            queue.Settle(queue.Estimate, queue.Tenant == "slow" ? 10 * Millisecond : Millisecond / 10);
        }

        Assert.InRange(served.Count(tenant => tenant == "slow"), 1, 4);
    }

    [Fact]
    public void A_tenant_in_debt_that_waits_alone_is_served_at_once()
    {
        Enqueue("a");
        var last = Enqueue("a");
        _queues.Dequeue();
        _queues.Settle("a", 0, 1000 * Millisecond);
        var queue = last.Queue;
        var (credit, estimate) = (queue.Credit, queue.Estimate);
        Assert.Same(last, _queues.Dequeue());
        Assert.Equal(credit - estimate, queue.Credit); // No round passed, which would have earned it credit.
    }

    [Fact]
    public void A_queue_has_an_end_and_others_have_their_own()
    {
        Assert.True(_queues.TryEnqueue("a", 1, out _));
        Assert.False(_queues.TryEnqueue("a", 1, out _));
        Assert.True(_queues.TryEnqueue("b", 1, out _));
        Assert.Equal(2, _queues.Waiting);
    }

    [Fact]
    public void A_call_that_waits_no_longer_leaves_no_hole()
    {
        var (first, second, third) = (Enqueue("a"), Enqueue("a"), Enqueue("b"));
        Assert.True(_queues.Remove(second));
        Assert.False(_queues.Remove(second));
        Assert.Same(first, _queues.Dequeue());
        Assert.False(_queues.Remove(first));
        Assert.Same(third, _queues.Dequeue());
        Assert.Equal(0, _queues.Waiting);
    }

    [Fact]
    public void After_a_reset_every_tenant_begins_anew()
    {
        var former = Enqueue("a").Queue;
        _queues.Dequeue();
        _queues.Settle("a", 0, 10 * Millisecond);
        Assert.True(former.Credit < 0);
        _queues.Reset();
        Assert.True(Enqueue("a").Queue.Credit > 0);
        _queues.Settle("nobody", 0, 1);
    }

    private WaitingTurn Enqueue(string tenant)
    {
        Assert.True(_queues.TryEnqueue(tenant, Most, out var waiter));
        return waiter;
    }
}
