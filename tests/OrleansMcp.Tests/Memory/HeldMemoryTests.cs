using OrleansMcp.Configuration;
using OrleansMcp.Memory;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Memory;

public sealed class HeldMemoryTests
{
    private const long Limit = 16 * 1024 * 1024;
    private const int Large = 1024 * 1024;

    private readonly HeldMemory _memory = TestMemory.Of(Limit);

    [Fact]
    public void A_client_holds_a_quarter_of_the_process_a_tenant_half_and_all_together_no_more_than_there_is()
    {
        Assert.Equal(QuotaScope.Client, Refused(_memory.Hold("acme", "alice"), (Limit / 4) + 1));
        Fill(("acme", "alice"), ("acme", "bob"));
        Assert.Equal(QuotaScope.Tenant, Refused(_memory.Hold("acme", "carl"), 1));
        Fill(("globex", "carol"), ("globex", "dora"));
        Assert.Equal(QuotaScope.Process, Refused(_memory.Hold("other", "eve"), 1));
        Assert.Equal(Limit, _memory.Held);

        void Fill(params (string Tenant, string Client)[] clients) =>
            Array.ForEach(clients, one => _memory.Hold(one.Tenant, one.Client).Take(Limit / 4));
    }

    [Fact]
    public void What_was_refused_is_not_charged()
    {
        var held = _memory.Hold("acme", "alice");
        for (var i = 0; i < 100; i++)
        {
            Refused(held, Limit / 3); // over the client's part
            Refused(held, Limit * 2); // over that of the process
        }

        held.Take(Limit / 4);
        Assert.Equal((Limit / 4, Limit / 4), (held.Bytes, _memory.Held));
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again_and_nothing_is_given_back_twice()
    {
        using var held = _memory.Hold("acme", "alice");
        using var other = _memory.Hold("acme", "alice");
        other.Take(10);
        held.Take(100);
        held.Return(40);
        Assert.Equal((60, 70), (held.Bytes, _memory.Held));
        held.Return(1000);
        Assert.Equal((0, 10), (held.Bytes, _memory.Held));
        held.TakeAnyway(Limit); // what is there already counts, whatever the limits
        Assert.Equal(QuotaScope.Process, Refused(other, 1));
        held.Dispose();
        held.Dispose();
        held.Return(5);
        held.Take(5);
        held.TakeAnyway(5);
        Assert.Equal(10, _memory.Held);
    }

    [Fact]
    public void A_part_moves_from_owner_to_owner_and_is_charged_once()
    {
        var all = _memory.Hold("acme", "alice");
        all.Take(100);
        var part = all.Split(30);
        Assert.Equal((70, 30, 100), (all.Bytes, part.Bytes, _memory.Held));
        all.Dispose();
        Assert.Equal(30, _memory.Held);
        var another = _memory.Hold("acme", "alice");
        another.Absorb(part);
        Assert.Equal((30, 0, 30), (another.Bytes, part.Bytes, _memory.Held));
        another.Dispose();
        Assert.Equal(0, _memory.Held);
    }

    [Fact]
    public async Task Before_the_process_is_full_its_heaviest_client_gives_up_its_largest_and_no_more_than_is_needed()
    {
        var heavy = Enumerable.Range(1, 3).Select(number => Take("acme", "alice", number * Large)).ToArray();
        heavy[0].TakeAnyway(4 * Large); // the heaviest: 10 MiB in all
        var small = Take("acme", "alice", 1000);
        var other = Take("globex", "carol", 3 * Large);
        var given = new List<HeldBytes>();
        Array.ForEach(heavy, one => one.OnGiveUp(() =>
        {
            given.Add(one);
            one.Dispose();
        }));

        Take("globex", "dora", Large); // 14 of 16 MiB
        await Eventually.Holds(() => _memory.Held < Limit * 7 / 10, "the heaviest client let go");
        Assert.Equal([heavy[0]], given);
        Assert.False(small.IsGivenUp || other.IsGivenUp);
    }

    [Fact]
    public async Task What_was_given_up_takes_no_more_and_who_asks_late_is_told_at_once()
    {
        var held = Take("acme", "alice", 3 * Large);
        held.TakeAnyway(Limit);
        await Eventually.Holds(() => held.IsGivenUp, "the only client let go");
        Assert.Equal(QuotaScope.Process, Refused(held, 1));
        var told = 0;
        held.OnGiveUp(() => told++);
        Assert.Equal(1, told);
    }

    [Fact]
    public void Limits_are_those_of_the_configuration_in_force()
    {
        var source = new TestConfigurationSource(TestConfiguration.With(quotas: new QuotaConfiguration { HeldBytes = 5000 }));
        var memory = new HeldMemory(source, available: 1L << 30);
        Assert.Equal((1L << 30) / 100 * 40, memory.Limit);
        var held = memory.Hold("acme", "alice");
        Assert.Equal(QuotaScope.Client, Refused(held, 5001));

        source.Current = TestConfiguration.With(quotas: new QuotaConfiguration { HeldBytes = 9000 }) with
        {
            Memory = new MemoryConfiguration { HeldBytes = 1 << 20 },
        };
        held.Take(5001);
        Assert.Equal(1 << 20, memory.Limit);
        Assert.Equal(QuotaScope.Tenant, Refused(memory.Hold("acme", "stranger"), 520_000)); // half, of which some is taken
    }

    [Fact]
    public void The_heap_is_trimmed_once_much_was_held_and_is_not_any_more()
    {
        using var trimmer = new HeapTrimmer(_memory, TimeProvider.System);
        Look(2);
        Assert.Equal(0, trimmer.Trims); // nothing was held
        var held = _memory.Hold("acme", "alice");
        held.TakeAnyway(Limit);
        Look(2);
        Assert.Equal(0, trimmer.Trims); // it still is
        held.Dispose();
        Look(2);
        Assert.Equal(1, trimmer.Trims);
        Look(10);
        Assert.Equal(4, trimmer.Trims); // and not for ever

        void Look(int times)
        {
            for (var i = 0; i < times; i++)
            {
                trimmer.Look();
            }
        }
    }

    private static QuotaScope? Refused(HeldBytes held, long bytes)
    {
        Assert.False(held.TryTake(bytes, out var refusal));
        Assert.Equal((Quota.HeldBytes, 1), (refusal.Quota, refusal.RetryAfterSeconds));
        return refusal.Scope;
    }

    private HeldBytes Take(string tenant, string client, long bytes)
    {
        var held = _memory.Hold(tenant, client);
        held.TakeAnyway(bytes);
        return held;
    }
}
