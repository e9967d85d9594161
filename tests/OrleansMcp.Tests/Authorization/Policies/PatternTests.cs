using System.Diagnostics;
using OrleansMcp.Authorization.Policies.Conditions;

namespace OrleansMcp.Tests.Authorization.Policies;

/// <summary>Regular expressions: RE2's meaning, and never more time than the text is long.</summary>
public sealed class PatternTests
{
    [Theory]
    [InlineData("^feat/[a-z]+$", "feat/x", true)]
    [InlineData("^feat/[a-z]+$", "feat/x\n", false)] // .NET's own $ would let this pass
    [InlineData("(?m)^b$", "a\nb\nc", true)]
    [InlineData("(?im)^B$", "a\nb\nc", true)]
    [InlineData("^b$", "a\nb\nc", false)]
    [InlineData(@"^\d+$", "12", true)]
    [InlineData(@"^\d+$", "\u0661", false)] // an Arabic one
    [InlineData(@"^[\d.]+$", "1.2", true)]
    [InlineData(@"^\w+$", "é", false)]
    [InlineData(@"^\W$", "é", true)]
    [InlineData(@"^\$[$]$", "$$", true)]
    [InlineData("^[]a]$", "]", true)]
    [InlineData("^[^]a]$", "]", false)]
    [InlineData(@"\\$", "x\\", true)]
    [InlineData("(?P<name>a)(?:b)(?i:C)", "abc", true)]
    [InlineData("", "anything", true)]
    public void Means_what_it_means_in_RE2(string pattern, string text, bool matches) =>
        Assert.Equal(matches ? Finding.Holds : Finding.Fails, Pattern.Parse(pattern).Test(text));

    [Theory]
    [InlineData("(")]
    [InlineData("[a")]
    [InlineData("a\\")]
    [InlineData("(?=a)")]
    [InlineData("(?<!a)b")]
    [InlineData(@"(a)\1")]
    [InlineData("(?>a)")]
    [InlineData(@"a\Z")]
    [InlineData("[[:alpha:]]")]
    [InlineData("[a-z-[aeiou]]")]
    [InlineData(@"[\D]")]
    [InlineData("a(?m)$")]
    [InlineData("(?m:a$)|b$")]
    [InlineData("(?x)a")]
    [InlineData("((a{1000}){1000}){1000}")]
    public void What_cannot_be_matched_safely_or_means_two_things_is_refused(string pattern) =>
        Assert.Throws<PatternException>(() => Pattern.Parse(pattern));

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|a)*$")]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    [InlineData("(.*)*x")]
    [InlineData("^(a?){30}a{30}$")]
    public void No_pattern_hangs(string pattern)
    {
        var compiled = Pattern.Parse(pattern);
        var watch = Stopwatch.StartNew();
        Assert.NotEqual(Finding.Holds, compiled.Test(new string('a', Pattern.MaxLength - 1) + "!"));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    [Fact]
    public void A_text_over_the_length_fails_unmatched() =>
        Assert.Equal(Finding.TooLong, Pattern.Parse(".*").Test(new string('a', Pattern.MaxLength + 1)));
}
