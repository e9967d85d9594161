using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Quotas;

namespace OrleansMcp.Tests.Quotas;

public sealed class SchedulerPlacesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SchedulerPlaces _places;

    public SchedulerPlacesTests() => _places = new SchedulerPlaces(_time);

    [Fact]
    public void A_place_that_was_given_back_is_taken_again()
    {
        var (first, second) = (_places.Occupy("a", 1), _places.Occupy("b", 2));
        Assert.NotEqual(first.Place, second.Place);
        Assert.True(_places.TryVacate(first));
        Assert.Equal(1, _places.Taken);
        var third = _places.Occupy("c", 3);
        Assert.Equal((first.Place, "c", 3, 2), (third.Place, third.Tenant, third.Estimate, _places.Taken));
    }

    [Fact]
    public void A_ticket_gives_back_its_own_occupation_once_and_no_later_one()
    {
        var first = _places.Occupy("a", 0);
        Assert.True(_places.TryVacate(first));
        Assert.False(_places.TryVacate(first));
        var second = _places.Occupy("b", 0);
        Assert.False(_places.TryVacate(first));
        Assert.Equal(1, _places.Taken);
        Assert.True(_places.TryVacate(second));
        Assert.Equal(0, _places.Taken);
    }

    [Fact]
    public void What_is_held_for_too_long_is_taken_away_and_what_is_held_for_less_is_not()
    {
        var old = _places.Occupy("a", 0);
        _time.Advance(TimeSpan.FromSeconds(1));
        var young = _places.Occupy("b", 0);
        _places.VacateHeldFor(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _places.Taken);
        _time.Advance(TimeSpan.FromTicks(1));
        _places.VacateHeldFor(TimeSpan.FromSeconds(1));
        _places.VacateHeldFor(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _places.Taken);
        Assert.False(_places.TryVacate(old));
        Assert.True(_places.TryVacate(young));
    }
}
