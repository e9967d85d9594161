using System.Diagnostics;
using OrleansMcp.Re2;

namespace OrleansMcp.Tests.Re2;

/// <summary>Time and memory: linear in the text, whatever the expression and the text.</summary>
public sealed class AutomatonTests
{
    private const int Long = 64 * 1024;

    // Every combination of 17 characters is a state of its own: many more than are kept.
    private const string ManyStates = "^(?:a|b)*a(?:a|b){17}$";

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|a)*$")]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    [InlineData("(.*)*x")]
    [InlineData("(x+x+)+y")]
    [InlineData("^(a?){30}a{30}$")]
    [InlineData("(?:a?){500}(?:a?){500}b")]
    [InlineData("(?:(?:(?:(?:a*)*)*)*)*b")]
    public void No_expression_hangs(string expression)
    {
        var compiled = RegularExpression.Parse(expression);
        var watch = Stopwatch.StartNew();
        Assert.False(compiled.IsMatch(new string('a', Long - 1) + "!"));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    [Fact]
    public void A_text_that_leads_to_too_many_states_is_matched_without_keeping_them()
    {
        var expression = RegularExpression.Parse(ManyStates);
        var random = new Random(1);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var length in Enumerable.Repeat(Long, 20).Append(18).Append(0))
        {
            var text = new string(random.GetItems("ab".AsSpan(), length));
            Assert.Equal(length > 17 && text[^18] == 'a', expression.IsMatch(text));
        }

        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 8 * 1024 * 1024);
        GC.KeepAlive(expression);
    }

    [Fact]
    public void Many_threads_share_an_expression() => Parallel.For(0, 16, seed =>
    {
        var expression = s_shared;
        var random = new Random(seed % 8);
        for (var length = 0; length < 2_000; length += 53)
        {
            var text = new string(random.GetItems("ab".AsSpan(), length));
            Assert.Equal(length > 17 && text[^18] == 'a', expression.IsMatch(text));
        }
    });

    private static readonly RegularExpression s_shared = RegularExpression.Parse(ManyStates);
}
