using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Memory;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Memory;

public sealed class InputPaceTests
{
    private readonly InputPace _pace = new();

    [Fact]
    public void The_first_second_comes_at_once_and_what_is_faster_waits()
    {
        var now = TimeSpan.FromHours(1);
        Assert.Equal(TimeSpan.Zero, _pace.Read(1000, bytesPerSecond: 1000, now));
        Assert.Equal(TimeSpan.FromSeconds(2), _pace.Read(2000, bytesPerSecond: 1000, now));
        Assert.Equal(TimeSpan.FromSeconds(1), _pace.Wait(now + TimeSpan.FromSeconds(1)));
        Assert.Equal(TimeSpan.Zero, _pace.Wait(now + TimeSpan.FromSeconds(2)));
        Assert.Equal(TimeSpan.Zero, _pace.Read(1000, bytesPerSecond: 1000, now + TimeSpan.FromDays(1))); // no more is saved up
        Assert.Equal(TimeSpan.FromSeconds(1), _pace.Read(1000, bytesPerSecond: 1000, now + TimeSpan.FromDays(1)));
    }

    [Fact]
    public void What_takes_long_to_check_takes_a_fifth_of_a_processor()
    {
        var now = TimeSpan.FromHours(1);
        _pace.Computed(TimeSpan.FromSeconds(1), now);
        Assert.Equal(TimeSpan.FromSeconds(4), _pace.Wait(now));
    }

    [Fact]
    public async Task A_client_that_used_up_its_share_waits_and_its_neighbour_does_not()
    {
        var time = new FakeTimeProvider();
        var memory = TestMemory.Of(1L << 30);
        using var turns = new ParseTurns(new TestConfigurationSource(TestConfiguration.With()), time);
        using var alice = memory.Hold("acme", "alice");
        using var carol = memory.Hold("globex", "carol");
        Assert.Equal(1, await Run("acme", "alice", alice, () => 1));
        alice.Computed(TimeSpan.FromSeconds(1), time);

        var waiting = Run("acme", "alice", alice, () => 2);
        Assert.Equal(3, await Run("globex", "carol", carol, () => 3));
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await waiting.InTime("its share came back"));

        Task<int> Run(string tenant, string client, HeldBytes held, Func<int> read) =>
            turns.RunAsync(new Caller(tenant, client, client), held, read, CancellationToken.None).AsTask();
    }
}
