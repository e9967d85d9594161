using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Drill.Run.Pacing;

namespace OrleansMcp.Tests.Drill.Pacing;

/// <summary>The drill's own attempts, against a server that counts them by the minute.</summary>
public sealed class AttemptBudgetTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(600)]
    public void No_minute_has_more_attempts_than_it_may_wherever_it_begins(int duration)
    {
        var time = new FakeTimeProvider();
        var budget = new AttemptBudget(15, TimeSpan.FromSeconds(duration), time);
        List<DateTimeOffset> taken = [];
        for (var step = 0; step < 10_000; step++)
        {
            if (budget.TryTake(2))
            {
                taken.AddRange([time.GetUtcNow(), time.GetUtcNow()]);
            }

            time.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.InRange(taken.Count, 60, 130); // in 500 s, so it is not by making none
        Assert.All(taken, from => Assert.InRange(taken.Count(one => one >= from && one < from + TimeSpan.FromMinutes(1)), 1, 15));
    }

    [Fact]
    public void Attempts_are_spread_over_a_short_run()
    {
        var time = new FakeTimeProvider();
        var budget = new AttemptBudget(10, TimeSpan.FromSeconds(10), time);
        var taken = 0;
        for (var step = 0; step < 50; step++)
        {
            taken += budget.TryTake(1) ? 1 : 0;
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(taken, 7, 8); // half of them at once, and the others as time goes by
    }

    [Fact]
    public void A_client_that_had_to_wait_makes_up_for_it()
    {
        var time = new FakeTimeProvider();
        var budget = new AttemptBudget(10, TimeSpan.FromMinutes(5), time);
        Assert.Equal(5, Taken());
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(10, Taken());

        int Taken() => Enumerable.Range(0, 20).Count(_ => budget.TryTake(1));
    }
}
