using OrleansMcp.Drill.Checks;
using OrleansMcp.Drill.History;
using static OrleansMcp.Tests.Drill.Histories;

namespace OrleansMcp.Tests.Drill;

/// <summary><see cref="UpstreamCheck"/>, on histories written by hand.</summary>
public sealed class UpstreamCheckTests
{
    [Theory]
    [InlineData("1 2 a=1; 3 4 a=2; 5 6 a=3", true)] // begin end session-of-the-server=count
    [InlineData("1 4 a=2; 2 3 a=1", true)] // at once, in either order
    [InlineData("1 2 a=1; 3 4 a=2; 5 6 b=1", true)] // a new one after sleep, a move or a loss
    [InlineData("1 2 a=1; 3 ? a=0; 5 6 a=3", true)] // an unanswered call may be counted
    [InlineData("1 2 a=1; 3 ? a=0; 5 6 b=2", true)] // also by the new one
    [InlineData("1 2 a=1; 3 ? a=0; 5 6 a=4", false)] // but once
    [InlineData("1 2 a=2", false)] // another session's call is counted
    [InlineData("1 2 a=1; 3 4 b=2", false)] // what the former session counted is in the new one
    [InlineData("1 2 a=2; 3 4 a=3; 5 ? a=0", false)] // a call is counted before it was made
    [InlineData("1 2 a=1; 3 4 a=1", false)] // a value comes again
    [InlineData("1 2 a=2; 2 3 a=2", false)] // also at once
    [InlineData("1 ? a=0; 3 4 a=2; 5 6 a=1", false)] // the later value is smaller
    [InlineData("1 ? a=0; 2 7 a=2; 3 4 a=3; 5 6 a=1", false)] // also with one between that was at once with both
    [InlineData("1 2 a=0", false)] // an answer without a count
    public void Another_server_counts_the_calls_of_the_session_alone(string calls, bool isExact) =>
        Assert.Equal(isExact ? [] : [UpstreamCheck.NotCounted], Rules([.. calls.Split("; ").Select(Count)]).Distinct());

    [Fact]
    public void A_call_that_was_refused_is_not_counted() => Assert.Equal(
        [UpstreamCheck.NotCounted], Rules(new UpstreamCount(Refused(1, 2, "quota_exceeded"), null, 0), new UpstreamCount(Ok(3, 4), "a", 2)));

    [Fact]
    public void One_session_at_another_server_for_two_sessions_is_found_whatever_their_owner_and_whatever_it_counts()
    {
        var shown = Assert.Single(IsolationChecks.Of([Counted(1, 1, "a", 1), Counted(3, 1, "a", 2), Counted(5, 2, "a", 3)]));

        Assert.Equal((UpstreamCheck.Foreign, 2), (shown.Rule, shown.Evidence.Count));
        Assert.Equal([UpstreamCheck.Foreign], Rules(Counted(1, 1, "a", 1), Echoed("mine", "mine") with { Stamp = Ok(3, 4, Carol, session: 2) }));
    }

    [Fact]
    public void Sessions_that_have_their_own_may_be_counted_alike() => Assert.Empty(Rules(Counted(1, 1, "a", 1), Counted(3, 2, "b", 1)));

    [Fact]
    public void A_text_of_another_call_is_found() => Assert.Equal([UpstreamCheck.Wrong], Rules(Echoed("mine", "bobs")));

    [Fact]
    public void An_echo_without_a_text_is_found() => Assert.Equal([UpstreamCheck.Wrong], Rules(Echoed("mine", null)));

    [Fact]
    public void Progress_of_another_call_is_found() => Assert.Equal([UpstreamCheck.Wrong], Rules(Echoed("mine", "mine", "mine", "bobs")));

    [Fact]
    public void A_text_and_progress_of_the_call_are_right() => Assert.Empty(Rules(Echoed("mine", "mine", "mine"), Echoed("mine", null) with { Stamp = Unknown(5) }));

    private static UpstreamEcho Echoed(string text, string? reply, params string[] progress) => new(Ok(3, 4), "a", text, reply, progress);

    private static UpstreamCount Counted(long begin, int session, string answeredBy, long count) => new(Ok(begin, begin + 1, session: session), answeredBy, count);

    private static UpstreamCount Count(string text)
    {
        var words = text.Split(' ', '=');
        return words[1] == "?"
            ? new(Unknown(Number(words[0])), null, 0)
            : new(Ok(Number(words[0]), Number(words[1])), words[2], Number(words[3]));
    }

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<string> Rules(params Operation[] history) => IsolationChecks.Of(history).Select(finding => finding.Rule);
}
