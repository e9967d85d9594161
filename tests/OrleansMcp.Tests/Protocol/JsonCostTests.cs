using System.Text;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;

namespace OrleansMcp.Tests.Protocol;

public sealed class JsonCostTests
{
    private static readonly JsonLimits s_limits = new() { MaxTokens = 2000, MaxKeys = 500, MaxDepth = 8 };

    [Fact]
    public void A_text_takes_what_its_bytes_and_its_tokens_take()
    {
        Assert.True(Measure(Numbers(1000), out var cost, out _));
        Assert.Equal((2001, 1002), (cost.Bytes, cost.Tokens)); // with the beginning and the end of the array
        Assert.Equal(JsonCost.Request + (2 * 2001) + (24 * 1002), cost.Held);
        Assert.True(Measure("[]", out var small, out _));
        Assert.Equal(JsonCost.Request, small.Held);
    }

    [Theory]
    [InlineData(1998, true)]
    [InlineData(1999, false)]
    public void There_are_only_so_many_tokens(int numbers, bool isTaken)
    {
        Assert.Equal(isTaken, Measure(Numbers(numbers), out _, out var problem));
        Assert.Equal(isTaken ? null : (413, "The body consists of more than 2000 JSON tokens."), Of(problem));
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(501, false)]
    public void There_are_only_so_many_keys(int keys, bool isTaken)
    {
        var text = "{" + string.Join(',', Enumerable.Range(0, keys).Select(key => $"\"{key}\":0")) + "}";
        Assert.Equal(isTaken, Measure(text, out _, out var problem));
        Assert.Equal(isTaken ? null : (413, "The body has more than 500 keys."), Of(problem));
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void It_nests_only_so_deep_however_short_it_is(int depth, bool isTaken)
    {
        Assert.Equal(isTaken, Measure(new string('[', depth) + new string(']', depth), out _, out var problem));
        Assert.Equal(isTaken ? null : (400, "The body nests deeper than 8 levels."), Of(problem));
    }

    [Fact]
    public void What_is_no_JSON_is_left_to_the_parser_to_explain()
    {
        Assert.False(Measure(new string('x', 2000), out _, out var problem));
        Assert.Null(problem);
    }

    private static string Numbers(int count) => "[" + string.Join(',', Enumerable.Repeat("0", count)) + "]";

    private static bool Measure(string text, out JsonCost cost, out JsonProblem? problem) =>
        JsonCost.TryMeasure(Encoding.UTF8.GetBytes(text), s_limits, out cost, out problem);

    private static (int, string)? Of(JsonProblem? problem) => problem is null ? null : (problem.Status, problem.Error.Message);
}
