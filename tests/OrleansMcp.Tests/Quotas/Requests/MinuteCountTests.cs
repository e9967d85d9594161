using OrleansMcp.Configuration;
using OrleansMcp.Quotas;

namespace OrleansMcp.Tests.Quotas.Requests;

public sealed class MinuteCountTests
{
    private static readonly DateTimeOffset s_minute = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private MinuteCount _count;

    [Fact]
    public void It_counts_to_its_limit_and_begins_anew_with_each_minute()
    {
        Assert.True(_count.TryAdd(s_minute, 2, limit: 3));
        Assert.False(_count.TryAdd(s_minute, 2, limit: 3));
        Assert.True(_count.TryAdd(s_minute.AddSeconds(59), 1, limit: 3));
        Assert.Equal(3, _count.In(s_minute));
        Assert.True(_count.TryAdd(s_minute.AddSeconds(60), 3, limit: 3));
        Assert.False(_count.TryAdd(s_minute.AddSeconds(60), 1, limit: 3));
    }

    [Fact]
    public void A_clock_that_was_set_back_refills_nothing()
    {
        Assert.True(_count.TryAdd(s_minute.AddMinutes(1), 3, limit: 3));
        Assert.False(_count.TryAdd(s_minute, 1, limit: 3));
    }

    [Fact]
    public void It_does_not_overflow_into_another_minute()
    {
        for (var number = 0; number < 4; number++)
        {
            _count.Add(s_minute, int.MaxValue);
        }

        Assert.False(_count.TryAdd(s_minute, 1, limit: 1L << 31));
        Assert.True(_count.TryAdd(s_minute, 1, QuotaConfiguration.Unlimited));
        Assert.True(_count.TryAdd(s_minute.AddMinutes(1), 1, limit: 1));
    }

    [Fact]
    public async Task Of_many_threads_as_many_are_admitted_as_the_limit_says()
    {
        var admitted = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var number = 0; number < 1000; number++)
            {
                if (_count.TryAdd(s_minute, 1, limit: 5000))
                {
                    Interlocked.Increment(ref admitted);
                }
            }
        })));
        Assert.Equal(5000, admitted);
    }

    [Theory]
    [InlineData(0, 60)]
    [InlineData(59.2, 1)]
    [InlineData(30.5, 30)]
    public void The_rest_of_the_minute_is_told_in_whole_seconds(double second, int left) => Assert.Equal(left, MinuteCount.SecondsLeft(s_minute.AddSeconds(second)));
}
