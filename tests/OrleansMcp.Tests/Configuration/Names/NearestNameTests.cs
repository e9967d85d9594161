using OrleansMcp.Configuration.Names;

namespace OrleansMcp.Tests.Configuration.Names;

public sealed class NearestNameTests
{
    private static readonly string[] s_names = ["acme", "alice", "echo", "increment", "records_put", "records_get", "x", "whoami"];

    [Theory]
    [InlineData("acmee", "acme")]
    [InlineData("amce", "acme")] // two letters changed places
    [InlineData("acm", "acme")]
    [InlineData("ACME", "acme")]
    [InlineData("\u0430\u0441m\u0435", "acme")] // Cyrillic
    [InlineData("\u03b1lice", "alice")] // Greek
    [InlineData("record\u017f_put", "records_put")] // the long s
    [InlineData("\uff45\uff43\uff48\uff4f", "echo")] // full width
    [InlineData("e\u0000cho", "echo")]
    [InlineData("\u200becho\u200d", "echo")] // without width
    [InlineData("wh\u00f6amj", "whoami")]
    [InlineData("recrods_*", "records_get")]
    [InlineData("*_putt", "records_put")]
    [InlineData("incremented", "increment")]
    [InlineData("zzzz", null)]
    [InlineData("y", null)] // nothing of x is left
    [InlineData("", null)]
    [InlineData("*", null)]
    [InlineData("aliceandbob", null)]
    public void The_name_that_takes_few_changes_is_the_nearest(string misspelt, string? nearest) => Assert.Equal(nearest, NearestName.Of(misspelt, s_names));

    [Theory]
    [InlineData("demo://greting/en", "demo://greeting/{language}")]
    [InlineData("demo://sessions/counter", "demo://session/counter")]
    [InlineData("other://a", null)]
    public void An_expression_of_a_template_stands_for_anything(string misspelt, string? nearest) =>
        Assert.Equal(nearest, NearestName.Of(misspelt, ["demo://greeting/{language}", "demo://session/counter"]));

    [Theory]
    [InlineData("foo_*", null)]
    [InlineData("git__*", null)]
    [InlineData("tool_*", "toollog_recent")]
    [InlineData("*_recnet", "toollog_recent")]
    public void What_the_star_of_a_pattern_stands_for_makes_it_no_nearer(string misspelt, string? nearest) =>
        Assert.Equal(nearest, NearestName.Of(misspelt, ["toollog_recent", "cache_stamp", "session_open"]));

    [Fact]
    public void Of_two_that_look_the_same_the_one_in_the_same_case_is_nearer() => Assert.Equal("ECHO", NearestName.Of("ECHO\u200b", ["echo", "ECHO", "Echo"]));

    [Fact]
    public void A_hint_names_the_nearest_or_those_there_are()
    {
        Assert.Equal("Did you mean 'acme'?", NearestName.Hint("acmee", ["acme", "globex"]));
        Assert.Equal("Known: acme, globex.", NearestName.Hint("initech", ["globex", "acme"]));
        Assert.Equal("Known: n0, n1, n2, n3, n4, n5, n6, n7 and 1 more.", NearestName.Hint("other", [.. Enumerable.Range(0, 9).Select(static index => $"n{index}")]));
        Assert.Equal("There is none.", NearestName.Hint("acme", []));
    }
}
