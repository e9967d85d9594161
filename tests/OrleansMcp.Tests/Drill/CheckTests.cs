using OrleansMcp.Drill.Checks;
using OrleansMcp.Drill.History;
using static OrleansMcp.Tests.Drill.Histories;

namespace OrleansMcp.Tests.Drill;

/// <summary>The checks of everything but records, on histories written by hand.</summary>
public sealed class CheckTests
{
    private static readonly Stamp s_throttled = Hindered(5, 6, HindranceKind.Throttle, "held_back");

    [Fact]
    public void A_session_that_serves_after_its_end_was_acknowledged_is_found() => Assert.Equal(
        [SessionCheck.UsedAfterEnd], Rules(new SessionOpening(Ok(1, 2)), new SessionEnding(Ok(3, 4)), new IdentityQuery(Ok(5, 6), Alice)));

    [Fact]
    public void A_session_may_serve_while_it_is_ended() => Assert.Empty(
        Rules(new SessionOpening(Ok(1, 2)), new SessionEnding(Ok(3, 6)), new IdentityQuery(Ok(4, 7), Alice)));

    [Fact]
    public void A_session_that_holds_something_and_is_gone_without_its_owners_doing_is_found() => Assert.Equal(
        [SessionCheck.Lost],
        Rules(new SessionOpening(Ok(1, 2)), new CounterIncrement(Ok(3, 4), 1, 1), new IdentityQuery(Refused(5, 6, "404"), null)));

    [Fact]
    public void A_session_that_holds_nothing_may_make_room_for_another() => Assert.Empty(Rules(
        new SessionOpening(Ok(1, 2)), new CounterIncrement(Ok(3, 4), 0, 0), new SessionOpening(Ok(5, 6, session: 2)), new IdentityQuery(Refused(7, 8, "404"), null)));

    [Fact]
    public void A_session_that_was_not_used_for_long_may_have_expired() => Assert.Empty(Rules(
        new CounterIncrement(Ok(3, 4), 1, 1), new IdentityQuery(Refused(5, 6, "404") with { At = TimeSpan.FromMinutes(2) }, null)));

    [Fact]
    public void A_session_may_be_gone_once_its_end_was_asked_for() => Assert.Empty(Rules(
        new SessionOpening(Ok(1, 2)), new CounterIncrement(Ok(3, 4), 1, 1), new SessionEnding(Unknown(5)), new IdentityQuery(Refused(6, 7, "404"), null)));

    [Fact]
    public void A_client_that_is_taken_for_another_is_found() =>
        Assert.Equal([SessionCheck.WrongIdentity], Rules(new IdentityQuery(Ok(1, 2), Bob)));

    [Theory]
    [InlineData("1 2 5=5; 3 4 2=7; 5 6 0=7", true)] // begin end by=value
    [InlineData("1 4 5=7; 2 3 2=2", true)] // at once, in either order
    [InlineData("1 2 5=5; 3 4 2=2", false)] // an increment is lost
    [InlineData("1 2 5=5; 3 4 2=8", false)] // an increment of another session is in it
    [InlineData("1 2 5=7; 3 4 2=2", false)] // the later value is smaller
    [InlineData("1 2 5=5; 3 ? 3=0; 5 6 2=10", true)] // an unanswered increment may be in it
    [InlineData("1 2 5=5; 3 ? 3=0; 5 6 2=7; 7 8 0=10", true)] // and may come late
    [InlineData("1 2 5=5; 3 ? 3=0; 5 6 2=10; 7 8 1=8", false)] // but stays once it came
    [InlineData("1 2 5=5; 3 4 2=10; 5 ? 3=0", false)] // and does not come before it was sent
    public void A_counter_is_the_sum_of_its_increments(string steps, bool isExact)
    {
        var history = steps.Split("; ").Select(Step);

        Assert.Equal(isExact ? [] : [SessionCounterCheck.Wrong], SessionCounterCheck.Of([.. history]).Select(finding => finding.Rule));
    }

    [Fact]
    public void A_wrong_sum_is_shown_with_all_its_parts_and_with_what_was_refused()
    {
        Operation[] history = [new CounterIncrement(Ok(1, 2), 5, 5), new CounterIncrement(Refused(3, 4, "permission_denied"), 4, 0), new CounterIncrement(Ok(5, 6), 2, 11)];
        Assert.Equal(history, Assert.Single(IsolationChecks.Of(history)).Evidence);
    }

    [Fact]
    public void Counters_of_sessions_are_their_own() =>
        Assert.Empty(Rules(new CounterIncrement(Ok(1, 2, session: 1), 5, 5), new CounterIncrement(Ok(3, 4, session: 2), 2, 2)));

    [Fact]
    public void A_text_is_signed_with_the_sessions_own_secret() =>
        Assert.Empty(Rules(new SecretPut(Ok(1, 2), "s", "mine"), Signed(Ok(3, 4), "mine")));

    [Fact]
    public void A_text_signed_with_another_sessions_secret_is_found() => Assert.Equal([SecretCheck.Foreign], Rules(
        new SecretPut(Ok(1, 2, Bob, session: 2), "s", "bobs"), new SecretPut(Ok(3, 4), "s", "mine"), Signed(Ok(5, 6), "bobs")));

    [Fact]
    public void A_text_signed_with_the_secret_before_the_last_is_found() => Assert.Equal([SecretCheck.Wrong], Rules(
        new SecretPut(Ok(1, 2), "s", "old"), new SecretPut(Ok(3, 4), "s", "new"), Signed(Ok(5, 6), "old")));

    [Fact]
    public void While_a_secret_is_replaced_either_may_sign() => Assert.Empty(Rules(
        new SecretPut(Ok(1, 2), "s", "old"), new SecretPut(Ok(3, 6), "s", "new"), Signed(Ok(4, 5), "old"), Signed(Ok(7, 8), "new")));

    [Fact]
    public void A_secret_that_was_refused_does_not_sign() =>
        Assert.Equal([SecretCheck.Wrong], Rules(new SecretPut(Refused(1, 2, "409"), "s", "no"), Signed(Ok(3, 4), "no")));

    [Fact]
    public void An_answer_made_for_another_tenant_is_found() => Assert.Equal([CacheCheck.Foreign], Rules(Answer(1, "cache_shared", Alice, Carol, "1")));

    [Fact]
    public void An_answer_made_for_another_client_is_found_where_caches_are_clients_own() =>
        Assert.Equal([CacheCheck.Foreign], Rules(Answer(1, "cache_stamp", Alice, Bob, "1")));

    [Fact]
    public void An_answer_that_does_not_say_for_which_client_it_was_made_is_found_where_caches_are_clients_own() =>
        Assert.Equal([CacheCheck.Foreign], Rules(Answer(1, "cache_stamp", Alice, Alice, "1") with { ReplyClient = null }));

    [Fact]
    public void Clients_of_a_tenant_may_share_an_answer_where_caches_are_tenants_own() => Assert.Empty(Rules(
        Answer(1, "cache_shared", Alice, Alice, "1") with { ReplyClient = null }, Answer(3, "cache_shared", Bob, Alice, "1") with { ReplyClient = null }));

    [Fact]
    public void One_answer_for_two_tenants_is_found_whatever_it_says() => Assert.Equal([CacheCheck.Foreign], Rules(
        Answer(1, "cache_shared", Alice, Alice, "1") with { ReplyClient = null }, Answer(3, "cache_shared", Carol, Carol, "1") with { ReplyClient = null }));

    [Fact]
    public void An_answer_to_another_question_is_found() =>
        Assert.Equal([CacheCheck.Wrong], Rules(Answer(1, "cache_stamp", Alice, Alice, "1") with { ReplyText = "else" }));

    [Fact]
    public void An_entry_of_another_tenant_in_the_log_is_found() =>
        Assert.Equal([ToolLogCheck.Foreign], Rules(new ToolLogRead(Ok(1, 2), "", ["acme", "globex"], "drill-1")));

    [Fact]
    public void A_value_in_the_log_is_found() =>
        Assert.Equal([ToolLogCheck.Contents], Rules(new ToolLogRead(Ok(1, 2), """{"args":"drill-1:a:1"}""", ["acme"], "drill-1")));

    [Theory]
    [InlineData("3 4 Write; 5 6 use", true)]
    [InlineData("3 4 Read; 5 6 use", false)]
    [InlineData("5 6 use", false)]
    [InlineData("3 6 Write; 4 5 use", true)] // it may have been granted by then
    [InlineData("1 2 Write; 3 4 None; 5 6 use", false)]
    [InlineData("1 2 Write; 3 6 None; 4 5 use", true)] // it may not have been taken back yet
    [InlineData("1 2 Write; 3 ? None; 5 6 use", true)]
    [InlineData("3 4 Write; 5 6 refused", false)]
    [InlineData("3 4 Read; 5 6 refused", true)]
    [InlineData("3 4 Write; 5 ? None; 7 8 refused", true)]
    [InlineData("3 4 Write; 5 8 None; 6 7 refused", true)]
    [InlineData("1 2 Write; 3 4 None; 5 6 Write; 7 8 refused", false)]
    public void A_namespace_is_open_within_a_grant_and_not_without(string text, bool isRight)
    {
        var history = text.Split("; ").Select(part =>
        {
            var words = part.Split(' ');
            var stamp = At(words[0], words[1]);
            return words[2] switch
            {
                "use" => Of(stamp with { Client = Bob }, "x:", 1),
                "refused" => Of(Refused(stamp.Begin, stamp.End, "not_found", Bob), "x:"),
                var access => (Operation)new GrantChange(stamp, Orders, Bob, Enum.Parse<Access>(access)),
            };
        });

        Assert.Equal(isRight, !GrantCheck.Of([.. history]).Any());
    }

    [Fact]
    public void A_grantee_that_lacks_the_permission_itself_is_not_refused_by_the_owner() => Assert.Empty(GrantCheck.Of(
    [
        new GrantChange(Ok(1, 2), Orders, Bob, Access.Write),
        Of(Refused(3, 4, "permission_denied", Bob) with { Hindrance = new(HindranceKind.Permission, "records:*:write") }, "x:"),
    ]));

    [Fact]
    public void A_conflict_is_told_to_those_only_who_may_know() =>
        Assert.Equal([GrantCheck.WithoutGrant], GrantCheck.Of([Of(Refused(1, 2, "conflict", Bob), "x?1:")]).Select(finding => finding.Rule));

    [Fact]
    public void An_attack_that_is_not_refused_is_found() => Assert.Equal([AttackCheck.Succeeded], Rules(Attacked(Ok(1, 2), "200")));

    [Fact]
    public void A_refusal_that_tells_what_exists_is_found() => Assert.Equal([AttackCheck.Revealing], Rules(Attacked(Refused(1, 2, "403"), "403")));

    [Fact]
    public void An_attack_refused_like_what_never_was_and_a_throttled_one_are_right() =>
        Assert.Empty(Rules(Attacked(Refused(1, 2, "404"), "404"), Attacked(s_throttled, "429"), Attacked(Unknown(5), "0")));

    [Theory]
    [InlineData(2, 4, true)]
    [InlineData(2, 5, true)]
    [InlineData(2, 3, false)]
    public void Each_refused_attack_is_signalled(long before, long after, bool isRight)
    {
        Operation[] history = [Attacked(Refused(1, 2, "404"), "404"), Attacked(Refused(3, 4, "404"), "404"), Attacked(s_throttled, "429")];

        Assert.Equal(isRight, !SignalCheck.Of(history, Counts(before), Counts(after)).Any());
    }

    private static Dictionary<string, long> Counts(long count) => new(StringComparer.Ordinal) { ["signal"] = count };

    private static Attack Attacked(Stamp stamp, string answer) => new(stamp, "POST", "a session", "signal", answer, "404");

    private static CachedReply Answer(long begin, string tool, DrillClient caller, DrillClient madeFor, string computation) =>
        new(Ok(begin, begin + 1, caller), tool, "q", "q", madeFor.Tenant, madeFor.Name, computation);

    private static SecretUse Signed(Stamp stamp, string secret) => new(stamp, "s", "text", SecretCheck.Sign(secret, "text"));

    private static CounterIncrement Step(string text)
    {
        var words = text.Split(' ', '=');
        return new(At(words[0], words[1]), Number(words[2]), Number(words[3]));
    }

    private static Stamp At(string begin, string end) => end == "?" ? Unknown(Number(begin)) : Ok(Number(begin), Number(end));

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<string> Rules(params Operation[] history) => IsolationChecks.Of(history).Select(finding => finding.Rule);
}
