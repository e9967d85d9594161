using OrleansMcp.Sessions.Streams;

namespace OrleansMcp.Tests.Sessions.Streams;

public sealed class RetentionTests
{
    private readonly Retention<object> _retention = new(maxCount: 2, maxBytes: 10);
    private readonly object[] _things = [.. Enumerable.Range(0, 4).Select(_ => new object())];

    [Fact]
    public void Within_its_budget_nothing_is_too_much()
    {
        Assert.Null(_retention.Excess);
        _retention.Add(_things[0], 5);
        _retention.Add(_things[1], 5);
        Assert.Null(_retention.Excess);
        Assert.Equal(2, _retention.Count);
    }

    [Fact]
    public void What_is_over_the_count_is_the_oldest()
    {
        Array.ForEach(_things, thing => _retention.Add(thing, 0));
        Assert.Same(_things[0], _retention.Excess);
        _retention.Remove(_things[0]);
        Assert.Same(_things[1], _retention.Excess);
        _retention.Remove(_things[1]);
        Assert.Null(_retention.Excess);
    }

    [Fact]
    public void What_is_over_the_bytes_is_the_oldest_until_the_rest_fits()
    {
        _retention.Add(_things[0], 1);
        _retention.Add(_things[1], 10);
        Assert.Same(_things[0], _retention.Excess);
        _retention.Remove(_things[0]);
        Assert.Null(_retention.Excess);
    }

    [Fact]
    public void One_that_is_larger_than_the_budget_is_too_much_by_itself()
    {
        _retention.Add(_things[0], 11);
        Assert.Same(_things[0], _retention.Excess);
    }

    [Fact]
    public void What_was_taken_out_counts_no_longer_wherever_it_stood()
    {
        _retention.Add(_things[0], 4);
        _retention.Add(_things[1], 4);
        _retention.Remove(_things[1]);
        _retention.Remove(_things[1]);
        _retention.Add(_things[2], 6);
        Assert.Null(_retention.Excess);
        _retention.Add(_things[1], 0);
        Assert.Same(_things[0], _retention.Excess);
    }
}
