using OrleansMcp.Re2;

namespace OrleansMcp.Tests.Re2;

/// <summary>What is an expression and what is none, with the reasons that Go's package regexp/syntax gives.</summary>
public sealed class SyntaxTests
{
    [Theory]
    [InlineData("(abc", "missing closing ): `(abc`")]
    [InlineData("a(b|", "missing closing ): `a(b|`")]
    [InlineData("abc)", "unexpected ): `abc)`")]
    [InlineData("[abc", "missing closing ]: `[abc`")]
    [InlineData("[]", "missing closing ]: `[]`")]
    [InlineData("x[a-", "missing closing ]: `[a-`")]
    [InlineData("[z-a]", "invalid character class range: `z-a`")]
    [InlineData(@"[a-\d]", @"invalid escape sequence: `\d`")]
    [InlineData("[[:foo:]]", "invalid character class range: `[:foo:]`")]
    [InlineData(@"\p{Foo}", @"invalid character class range: `\p{Foo}`")]
    [InlineData(@"\p{Greek", @"invalid character class range: `\p{Greek`")]
    [InlineData(@"\pX", @"invalid character class range: `\pX`")]
    [InlineData(@"\p", @"invalid character class range: `\p`")]
    [InlineData("*a", "missing argument to repetition operator: `*`")]
    [InlineData("(|+?)", "missing argument to repetition operator: `+?`")]
    [InlineData("(?i){2}", "missing argument to repetition operator: `{2}`")]
    [InlineData("a**", "invalid nested repetition operator: `**`")]
    [InlineData("a{2}+", "invalid nested repetition operator: `{2}+`")]
    [InlineData("a{1001}", "invalid repeat count: `{1001}`")]
    [InlineData("a{2,1}", "invalid repeat count: `{2,1}`")]
    [InlineData("a{2,99999999999}", "invalid repeat count: `{2,99999999999}`")]
    [InlineData("(a{100}){11}", "invalid repeat count: `{11}`")]
    [InlineData("((a{10})*b{10}){101}", "invalid repeat count: `{101}`")]
    [InlineData("(?:[a-z]{100}[a-z]{100}){10}(?:x{1000}){1}([^y]{500}|z{500}){2}(?:xy){1000}(?:xy){1000}(?:xyz){1000}", "expression too large: ")]
    [InlineData(@"\Z", @"invalid escape sequence: `\Z`")]
    [InlineData(@"\C", @"invalid escape sequence: `\C`")]
    [InlineData(@"(a)\1", @"invalid escape sequence: `\1`")]
    [InlineData(@"\8", @"invalid escape sequence: `\8`")]
    [InlineData(@"\é", @"invalid escape sequence: `\é`")]
    [InlineData(@"[\b]", @"invalid escape sequence: `\b`")]
    [InlineData(@"\x4", @"invalid escape sequence: `\x4`")]
    [InlineData(@"\x{}", @"invalid escape sequence: `\x{}`")]
    [InlineData(@"\x{110000}", @"invalid escape sequence: `\x{110000`")]
    [InlineData("\\\U00010064", "invalid escape sequence: `\\\U00010064`")] // whose last 16 bits are a d
    [InlineData("a\\", "trailing backslash at end of expression: ``")]
    [InlineData("(?=a)", "invalid or unsupported Perl syntax: `(?=`")]
    [InlineData("(?x)", "invalid or unsupported Perl syntax: `(?x`")]
    [InlineData("(?i-)", "invalid or unsupported Perl syntax: `(?i-)`")]
    [InlineData("(?i-s-m)", "invalid or unsupported Perl syntax: `(?i-s-`")]
    [InlineData("(?>a)", "invalid or unsupported Perl syntax: `(?>`")]
    [InlineData("(?P=n)", "invalid or unsupported Perl syntax: `(?P`")]
    [InlineData("(?<!a)b", "invalid named capture: `(?<!a)b`")]
    [InlineData("(?P<n-m>a)", "invalid named capture: `(?P<n-m>`")]
    [InlineData("(?<>a)", "invalid named capture: `(?<>`")]
    [InlineData("(?P<n", "invalid named capture: `(?P<n`")]
    public void What_Go_refuses_is_refused_for_its_reason(string expression, string reason) =>
        Assert.StartsWith(reason, Assert.Throws<RegularExpressionException>(() => RegularExpression.Parse(expression)).Message, StringComparison.Ordinal);

    [Fact]
    public void Half_a_character_is_no_expression() =>
        Assert.Equal("invalid UTF-8", Assert.Throws<RegularExpressionException>(() => RegularExpression.Parse("a\uD800")).Reason);

    [Fact]
    public void No_depth_overflows_the_stack()
    {
        var deep = string.Concat(Enumerable.Repeat("(a|b(?:", 500)) + "c" + string.Concat(Enumerable.Repeat(")d)*", 500));
        Assert.True(RegularExpression.Parse(deep).IsMatch(""));
        foreach (var deeper in new[] { new string('(', 100_000), new string('(', 1001) + new string(')', 1001) })
        {
            Assert.Equal("expression nests too deeply", Assert.Throws<RegularExpressionException>(() => RegularExpression.Parse(deeper)).Reason);
        }
    }

    [Theory]
    [InlineData("a{,2}", "a{,2}", true)] // braces that count nothing stand for themselves
    [InlineData("a{01}", "a{01}", true)]
    [InlineData("a{2", "a{2", true)]
    [InlineData("a{0}b", "b", true)]
    [InlineData("^a{0,}$", "", true)]
    [InlineData("^(?:a{2}){3}$", "aaaaaa", true)]
    [InlineData("^a{2,3}?$", "aaaa", false)]
    [InlineData("^a(?i)*B$", "aaab", true)] // options are no part: the star is about the a
    [InlineData("^(a(?i)b)c$", "aBc", true)]
    [InlineData("^(a(?i)b)c$", "aBC", false)] // they end with their group
    [InlineData("^(?i:a)b$", "AB", false)]
    [InlineData("(?i)^a(?-i)b$", "Ab", true)]
    [InlineData("(?i)^a(?-i)b$", "AB", false)]
    [InlineData("(?)a", "a", true)]
    [InlineData("(?P<n>a)(?<m>b)(?P<n>c)", "abc", true)]
    [InlineData(@"^\Qa.*\E$", "a.*", true)]
    [InlineData(@"\Qa(", "a(", true)]
    [InlineData(@"^\0\07\012\x0a\x{00000a}$", "\0\a\n\n\n", true)]
    [InlineData(@"^\1234$", "S4", true)]
    [InlineData(@"^\_\-\/$", "_-/", true)]
    [InlineData("^[]a]+$", "a]", true)]
    [InlineData("^[^]a]$", "]", false)]
    [InlineData("^[a-b-d]+$", "a-d", true)]
    [InlineData("^[a-b-d]$", "c", false)]
    [InlineData(@"^[\w-]+$", "a-b", true)]
    [InlineData("^[[:alpha:][:^alnum:]]+$", "a-é", true)]
    [InlineData("^[[:alpha:]]$", "1", false)]
    [InlineData("^[[:word:]]$", "é", false)]
    [InlineData("^[:alpha:]+$", "pal:", true)]
    [InlineData(@"^[^\D\d]", "1", false)]
    [InlineData("a||b", "x", true)]
    [InlineData("", "x", true)]
    public void Syntax_means_what_it_means_in_Go(string expression, string text, bool matches) =>
        Assert.Equal(matches, RegularExpression.Parse(expression).IsMatch(text));
}
