using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Quotas;

/// <summary>Whose turn it is.</summary>
public sealed class FairSchedulerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FairScheduler _scheduler;
    private SchedulerConfiguration _configuration = new() { MaxRunning = 1, MaxQueuedPerTenant = 5000 };

    public FairSchedulerTests() => _scheduler = new FairScheduler(() => _configuration, _time);

    public void Dispose() => _scheduler.Dispose();

    [Fact]
    public void An_uncontended_call_enters_without_queue_await_or_allocation()
    {
        Pass();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Pass();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal((0, 0), (_scheduler.Running, _scheduler.Waiting));

        void Pass()
        {
            Assert.True(_scheduler.TryEnter("a", out var ticket));
            _scheduler.Leave(ticket);
        }
    }

    [Fact]
    public async Task Calls_of_a_tenant_are_served_in_order()
    {
        var held = Enter("a");
        var waiting = Enumerable.Range(0, 5).Select(_ => Wait("a")).ToList();
        for (var i = 0; i < 5; i++)
        {
            _scheduler.Leave(i == 0 ? held : await waiting[i - 1]);
            await waiting[i].InTime("the next call got its turn");
            Assert.Equal(4 - i, waiting.Count(one => !one.IsCompleted));
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 2)]
    [InlineData(100, 2)]
    public async Task A_flood_delays_a_neighbour_by_a_bounded_number_of_calls(int milliseconds, int atMost)
    {
        // Each call of the flood takes so long; the neighbour's take a tenth of a millisecond.
        var running = Enter("flood");
        var flood = new Queue<Task<Ticket>>(Enumerable.Range(0, 2000).Select(_ => Wait("flood")));
        var most = 0;
        for (var call = 0; call < 20; call++)
        {
            var neighbour = Wait("neighbour");
            var before = 0;
            while (!neighbour.IsCompleted)
            {
                _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
                _scheduler.Leave(running);
                var next = await Task.WhenAny(neighbour, flood.Peek()).InTime("somebody got a turn");
                running = await next;
                if (next != neighbour)
                {
                    _ = flood.Dequeue();
                    before++;
                }
            }

            most = Math.Max(most, before);
            _time.Advance(TimeSpan.FromMilliseconds(0.1));
            _scheduler.Leave(running);
            running = await flood.Dequeue().InTime("the flood went on");
        }

        Assert.InRange(most, 0, atMost * Math.Max(1, 12 / milliseconds));
    }

    [Fact]
    public async Task Tenants_share_by_time_not_by_number_of_calls()
    {
        var running = Enter("long");
        var (slow, fast) = (Many("long", 200), Many("short", 2000));
        var used = new Dictionary<string, double>(StringComparer.Ordinal) { ["long"] = 0, ["short"] = 0 };
        for (var i = 0; i < 600; i++)
        {
            var took = running.Tenant == "long" ? 10 : 1;
            used[running.Tenant] += took;
            _time.Advance(TimeSpan.FromMilliseconds(took));
            _scheduler.Leave(running);
            var next = await Task.WhenAny(slow.Peek(), fast.Peek()).InTime("somebody got a turn");
            running = await next;
            _ = next == slow.Peek() ? slow.Dequeue() : fast.Dequeue();
        }

        Assert.InRange(used["long"] / used["short"], 0.5, 2);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_says_when_to_come_back()
    {
        _configuration = _configuration with { MaxQueuedPerTenant = 2 };
        Enter("a");
        var waiting = Many("a", 2);
        var refusal = (await Assert.ThrowsAsync<QuotaExceededException>(() => Wait("a"))).Refusal;
        Assert.Equal((Quota.QueuedCalls, QuotaScope.Tenant, 1), (refusal.Quota, refusal.Scope, refusal.RetryAfterSeconds));
        Assert.False(Wait("b").IsCompleted);
        Assert.All(waiting, one => Assert.False(one.IsCompleted));
    }

    [Fact]
    public async Task A_cancelled_call_leaves_the_queue_at_once()
    {
        var held = Enter("a");
        using var cancellation = new CancellationTokenSource();
        var (cancelled, next) = (_scheduler.EnterAsync("a", cancellation.Token).AsTask(), Wait("a"));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.InTime("the cancelled call was let go"));
        await Eventually.Holds(() => _scheduler.Waiting == 1, "the cancelled call had left the queue");
        _scheduler.Leave(held);
        _scheduler.Leave(await next.InTime("the next call got its turn"));
        Assert.Equal((0, 0), (_scheduler.Running, _scheduler.Waiting));
    }

    [Fact]
    public async Task A_call_that_holds_its_place_too_long_loses_it_to_those_that_wait()
    {
        var held = Enter("a");
        var next = Wait("b");
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        var ticket = await next.InTime("the waiting call got the place");
        _scheduler.Leave(held);
        Assert.Equal(1, _scheduler.Running);
        _scheduler.Leave(ticket);
        Assert.Equal(0, _scheduler.Running);
    }

    [Fact]
    public async Task Under_load_from_many_threads_no_place_is_lost_and_none_given_twice()
    {
        _configuration = new() { MaxRunning = 3, MaxQueuedPerTenant = 5000 };
        var (running, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                using var cancellation = new CancellationTokenSource();
                if (i % 7 == 0)
                {
                    await cancellation.CancelAsync();
                }

                try
                {
                    var ticket = await _scheduler.EnterAsync($"t{worker % 4}", cancellation.Token);
                    InterlockedMax(ref most, Interlocked.Increment(ref running));
                    await Task.Yield();
                    Interlocked.Decrement(ref running);
                    _scheduler.Leave(ticket);
                }
                catch (OperationCanceledException)
                {
                    // Its turn was never to come.
                }
            }
        }))).InTime("all calls had their turn");
        Assert.InRange(most, 1, 3);
        Assert.Equal((0, 0), (_scheduler.Running, _scheduler.Waiting));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    private Ticket Enter(string tenant)
    {
        Assert.True(_scheduler.TryEnter(tenant, out var ticket));
        return ticket;
    }

    private Task<Ticket> Wait(string tenant) => _scheduler.EnterAsync(tenant, CancellationToken.None).AsTask();

    private Queue<Task<Ticket>> Many(string tenant, int count) => new(Enumerable.Range(0, count).Select(_ => Wait(tenant)));
}
