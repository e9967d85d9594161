using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Sessions.Input;

namespace OrleansMcp.Tests.Sessions.Input;

public sealed class HeldStatesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly HeldStates _states;

    public HeldStatesTests() => _states = new HeldStates(_time);

    [Fact]
    public void A_state_is_taken_once_and_only_for_its_request()
    {
        Add("one", minutes: 1);
        Assert.False(_states.TryTake("one", "another digest", out _));
        Assert.False(_states.TryTake("two", "digest", out _));
        Assert.True(_states.TryTake("one", "digest", out var state));
        Assert.Equal("inner one", state.Inner);
        Assert.False(_states.TryTake("one", "digest", out _));
        Assert.False(_states.Any);
    }

    [Fact]
    public void A_state_lasts_as_long_as_its_time_and_no_longer()
    {
        Add("one", minutes: 1);
        Add("two", minutes: 2);
        _time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.True(_states.Any);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(_states.TryTake("one", "digest", out _));
        Assert.True(_states.Any);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(_states.Any);
    }

    [Fact]
    public void One_too_many_takes_the_place_of_the_one_that_would_go_first()
    {
        Add("first to go", minutes: 1);
        for (var number = 0; number < 64; number++)
        {
            Add($"{number}", minutes: 2);
        }

        Assert.False(_states.TryTake("first to go", "digest", out _));
        Assert.All(Enumerable.Range(0, 64), number => Assert.True(_states.TryTake($"{number}", "digest", out _)));
    }

    [Fact]
    public void What_was_not_used_up_is_held_again_for_the_rest_of_its_time()
    {
        Add("one", minutes: 1);
        Assert.True(_states.TryTake("one", "digest", out var state));
        _states.PutBack("one", state);
        Assert.True(_states.Any);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(_states.TryTake("one", "digest", out _));
    }

    private void Add(string name, int minutes) =>
        _states.Add(name, new HeldState($"inner {name}", "digest", _time.GetUtcNow() + TimeSpan.FromMinutes(minutes)));
}
