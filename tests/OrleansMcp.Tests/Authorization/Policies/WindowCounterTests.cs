using FsCheck;
using FsCheck.Fluent;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Tenants;

namespace OrleansMcp.Tests.Authorization.Policies;

/// <summary>Counters: never over the limit, back at zero with the next window, once a delivery.</summary>
public sealed class WindowCounterTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(CounterWindow.Minute, "11:59:59.999", "12:00:00.000", 60)]
    [InlineData(CounterWindow.Hour, "11:59:59.999", "12:00:00.000", 3600)]
    [InlineData(CounterWindow.Day, "23:59:59.999", "24:00:00.000", 86400)]
    public void A_window_begins_anew_at_its_edge_and_not_before(CounterWindow window, string before, string after, int full)
    {
        var midnight = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        var (late, next) = (midnight + Time(before), midnight + Time(after));
        var counters = new WindowCounters();
        Assert.True(counters.Reserve(One(1, window), late - TimeSpan.FromSeconds(1)).IsGranted);
        Assert.Equal((0, 1), (counters.Reserve(One(1, window), late).Refused, counters.Reserve(One(1, window), late).RetryAfterSeconds));
        Assert.True(counters.Reserve(One(1, window), next).IsGranted);
        Assert.Equal(full, counters.Reserve(One(1, window), next).RetryAfterSeconds);
        Assert.True(counters.Reserve(One(1, window), next + window.Length()).IsGranted);
    }

    [Fact]
    public void The_admitted_sum_never_exceeds_the_limit_whatever_the_order() => Prop.ForAll(
        Schedules().ToArbitrary(), steps =>
        {
            var counters = new WindowCounters();
            var held = new List<(CounterReservation Reservation, CounterGrant Grant)>();
            var done = 0m;
            foreach (var (kind, amount) in steps)
            {
                switch (kind)
                {
                    case 0 or 1:
                        var reservation = One(20, CounterWindow.Hour, amount);
                        var grant = counters.Reserve(reservation, s_noon);
                        Assert.Equal(grant, counters.Reserve(reservation, s_noon) with { Life = grant.Life });
                        if (grant.IsGranted)
                        {
                            held.Add((reservation, grant));
                        }

                        break;
                    case 2 when held.Count > 0: // the call succeeded
                        done += held[amount % held.Count].Reservation.Claims[0].Amount;
                        held.RemoveAt(amount % held.Count);
                        break;
                    case 3 when held.Count > 0: // it failed; the return is delivered twice
                        var (failed, failedGrant) = held[amount % held.Count];
                        counters.Return(failed, failedGrant, s_noon);
                        counters.Return(failed, failedGrant, s_noon);
                        held.RemoveAt(amount % held.Count);
                        break;
                }

                var used = done + held.Sum(one => one.Reservation.Claims[0].Amount);
                if (used > 20 || counters.Of(One(20, CounterWindow.Hour).Claims[0], s_noon).Total != used)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_reservation_is_granted_as_a_whole_or_not_at_all()
    {
        var counters = new WindowCounters();
        var wide = Claim("wide", 100);
        var full = Claim("full", 0);
        Assert.Equal(1, counters.Reserve(new(Guid.NewGuid(), [wide, full]), s_noon).Refused);
        Assert.Equal(0, counters.Of(wide, s_noon).Total);
    }

    [Fact]
    public void A_negative_amount_is_refused_and_refills_nothing()
    {
        var counters = new WindowCounters();
        Assert.True(counters.Reserve(One(10, CounterWindow.Day, 10), s_noon).IsGranted);
        Assert.False(counters.Reserve(One(10, CounterWindow.Day, -5), s_noon).IsGranted);
        Assert.False(counters.Reserve(One(10, CounterWindow.Day, 1), s_noon).IsGranted);
    }

    [Fact]
    public void Waiting_is_not_advised_when_it_cannot_help() =>
        Assert.Equal(0, new WindowCounters().Reserve(One(10, CounterWindow.Day, 11), s_noon).RetryAfterSeconds);

    [Fact]
    public void Nothing_is_given_back_to_another_window()
    {
        var counters = new WindowCounters();
        var first = One(5, CounterWindow.Minute, 5);
        var grant = counters.Reserve(first, s_noon);
        var next = s_noon + TimeSpan.FromMinutes(1);
        Assert.True(counters.Reserve(One(5, CounterWindow.Minute, 5), next).IsGranted);
        counters.Return(first, grant, next);
        Assert.False(counters.Reserve(One(5, CounterWindow.Minute, 1), next).IsGranted);
    }

    [Fact]
    public void A_return_that_comes_late_and_twice_counts_once()
    {
        var counters = new WindowCounters();
        var (failed, held) = (One(10, CounterWindow.Day, 5), One(10, CounterWindow.Day, 5));
        var grant = counters.Reserve(failed, s_noon);
        Assert.True(counters.Reserve(held, s_noon).IsGranted);
        counters.Return(failed, grant, s_noon + TimeSpan.FromSeconds(59));
        counters.Return(failed, grant, s_noon + TimeSpan.FromSeconds(75));
        Assert.Equal(5, counters.Of(held.Claims[0], s_noon).Total);
    }

    [Fact]
    public void What_was_kept_counts_on_and_takes_nothing_back_that_a_former_life_granted()
    {
        var former = new WindowCounters();
        var reservation = One(5, CounterWindow.Day, 5);
        var grant = former.Reserve(reservation, s_noon);
        var counters = new WindowCounters();
        counters.Restore(former.Snapshot(s_noon));
        counters.Return(reservation, grant, s_noon);
        Assert.False(counters.Reserve(One(5, CounterWindow.Day, 1), s_noon).IsGranted);
        Assert.Empty(counters.Snapshot(s_noon + TimeSpan.FromDays(1)));
    }

    [Fact]
    public void A_clock_that_is_put_back_opens_no_former_window()
    {
        var counters = new WindowCounters();
        Assert.True(counters.Reserve(One(1, CounterWindow.Minute), s_noon).IsGranted);
        Assert.False(counters.Reserve(One(1, CounterWindow.Minute), s_noon - TimeSpan.FromSeconds(1)).IsGranted);
    }

    [Fact]
    public void Only_the_operators_of_a_limit_count_the_call_itself()
    {
        CounterCheck Check(CounterOperator op, params decimal[] values) => new(op, values);
        Assert.True(Check(CounterOperator.AtMost, 5).Holds(4, 5));
        Assert.False(Check(CounterOperator.AtMost, 5).Holds(5, 6));
        Assert.True(Check(CounterOperator.Below, 5).Holds(3, 4));
        Assert.False(Check(CounterOperator.Below, 5).Holds(4, 5));
        Assert.True(Check(CounterOperator.Above, 0).Holds(1, 2));
        Assert.False(Check(CounterOperator.Above, 0).Holds(0, 1));
        Assert.True(Check(CounterOperator.AtLeast, 1).Holds(1, 2));
        Assert.True(Check(CounterOperator.AnyOf, 0, 7).Holds(0, 1));
        Assert.False(Check(CounterOperator.NoneOf, 0, 7).Holds(0, 1));
    }

    private static Gen<(int Kind, int Amount)[]> Schedules() => Gen.ArrayOf(Gen.Choose(0, 3).Zip(Gen.Choose(0, 7)));

    private static CounterReservation One(decimal limit, CounterWindow window, decimal amount = 1) =>
        new(Guid.NewGuid(), [new CounterClaim("c", window, amount, [new CounterCheck(CounterOperator.AtMost, [limit])])]);

    private static CounterClaim Claim(string counter, decimal limit) =>
        new(counter, CounterWindow.Hour, 1, [new CounterCheck(CounterOperator.AtMost, [limit])]);

    private static TimeSpan Time(string text) => text.StartsWith("24", StringComparison.Ordinal)
        ? TimeSpan.FromDays(1)
        : TimeSpan.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
