using OrleansMcp.Authorization.Policies.Conditions;
using static OrleansMcp.Tests.Authorization.Policies.Judging;

namespace OrleansMcp.Tests.Authorization.Policies;

/// <summary>Regular expressions in policies. Their meaning is tested with the expressions themselves.</summary>
public sealed class PatternTests
{
    [Theory]
    [InlineData(@"'^[^;]+\b$'", "\"abc é\"", false)]
    [InlineData("'^.{2,}$'", "\"\\ud83d\\ude00\"", false)]
    [InlineData("'(?i)^k$'", "\"\\u212A\"", true)]
    [InlineData("'^feat/[a-z]+$'", "\"feat/x\\n\"", false)]
    [InlineData("'^5$'", "5", false)] // a number is no text
    public void A_rule_reads_its_expression_as_RE2_does(string expression, string argument, bool holds) => Assert.Equal(
        holds, SetOf(Rule($"path: args.x, op: regex, value: {expression}")).Judge("t", $$"""{"x":{{argument}}}""") is null);

    [Theory]
    [InlineData("(a", "missing closing ): `(a`")]
    [InlineData("(a)\\1", "invalid escape sequence: `\\1`")]
    [InlineData("a{1001}", "invalid repeat count: `{1001}`")]
    public void What_is_no_expression_is_told_with_its_line_and_the_reason(string expression, string reason)
    {
        var mistake = Assert.Single(Mistakes(Rule($"path: args.x, op: regex, value: '{expression}'")));
        Assert.Equal((2, "tools.t.rules[0].conditions[0].value"), (mistake.Line, mistake.Key));
        Assert.Contains(reason, mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".*", Pattern.MaxLength, true)]
    [InlineData(".*", Pattern.MaxLength + 1, false)]
    [InlineData("(?:a?){1000}(?:a?){1000}(?:a?){1000}$", 10_000, true)]
    [InlineData("(?:a?){1000}(?:a?){1000}(?:a?){1000}$", 20_000, false)] // the time for it is bounded too
    public void A_text_that_is_too_long_fails_unmatched(string expression, int length, bool isMatched) =>
        Assert.Equal(isMatched ? Finding.Holds : Finding.TooLong, Pattern.Parse(expression).Test(new string('a', length)));
}
