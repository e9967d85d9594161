using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Tests.Quotas;

public sealed class SessionHoldingsTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SessionKey s_session = SessionKey.Of("acme", isPrincipal: false, UInt128.MaxValue - 1);
    private static readonly SessionKey s_principal = SessionKey.Of("acme", isPrincipal: true, 1);

    private readonly SessionHoldings _holdings = new("acme");

    [Fact]
    public void An_opened_session_has_a_place_and_the_first_step_of_state_once_however_often_it_is_told()
    {
        _holdings.Add(s_session, s_noon);
        _holdings.Watch(s_session, s_noon);
        _holdings.Restore(new RegisteredSession("alice", s_session, s_noon), s_noon);
        Assert.Equal((1, SessionHoldings.Step), (_holdings.Places, _holdings.StateBytes));
        Assert.Equal([s_session], _holdings.Open);
        _holdings.Remove(s_session);
        _holdings.Remove(s_session);
        Assert.Equal((0, 0), (_holdings.Places, _holdings.StateBytes));
        Assert.Empty(_holdings.Open);
    }

    [Fact]
    public void A_principal_has_no_place_and_is_looked_after_all_the_same()
    {
        _holdings.Watch(s_principal, s_noon);
        _holdings.SetState(s_principal, SessionHoldings.Step + 1);
        Assert.Equal((0, 2 * SessionHoldings.Step), (_holdings.Places, _holdings.StateBytes));
        Assert.Empty(_holdings.DueBy(s_noon - TimeSpan.FromTicks(1)));
        Assert.Equal([s_principal], _holdings.DueBy(s_noon));
    }

    [Fact]
    public void What_has_ended_is_not_put_off()
    {
        _holdings.Add(s_session, s_noon);
        _holdings.Watch(s_session, s_noon);
        _holdings.Postpone(s_session, s_noon + TimeSpan.FromMinutes(1));
        Assert.Equal(s_noon + TimeSpan.FromMinutes(1), _holdings.DueAt(s_session));
        _holdings.Remove(s_session);
        _holdings.Postpone(s_session, s_noon);
        Assert.Null(_holdings.DueAt(s_session));
        Assert.Empty(_holdings.DueBy(DateTimeOffset.MaxValue));
    }

    [Fact]
    public void State_that_is_given_back_leaves_nothing_behind()
    {
        _holdings.SetState(s_principal, 1);
        _holdings.SetState(s_principal, 0);
        Assert.Equal((0, 0), (_holdings.StateBytes, _holdings.Count));
    }

    [Fact]
    public void A_session_that_was_open_before_has_a_place_and_what_it_kept_and_was_not_opened_here()
    {
        _holdings.Restore(new RegisteredSession("alice", s_session, s_noon, 3 * SessionHoldings.Step), s_noon);
        Assert.Equal((1, 3 * SessionHoldings.Step, false), (_holdings.Places, _holdings.StateOf(s_session), _holdings.IsOpenedHere(s_session)));
        Assert.Equal(s_noon, _holdings.DueAt(s_session));
    }

    [Theory]
    [InlineData("globex.s-00000000000000000000000000000001")]
    [InlineData("acme.x-00000000000000000000000000000001")]
    [InlineData("acme.s-0000000000000000000000000000001")]
    [InlineData("acme.s-0000000000000000000000000000000g")]
    [InlineData("acme2.s-00000000000000000000000000000001")]
    [InlineData("acme")]
    public void What_is_no_key_of_the_tenants_sessions_is_refused(string key)
    {
        Assert.False(new SessionKey(key).IsOf("acme"));
        Assert.Throws<ArgumentException>(() => _holdings.Add(new SessionKey(key), s_noon));
    }
}
