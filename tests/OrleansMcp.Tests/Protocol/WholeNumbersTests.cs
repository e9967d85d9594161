using System.Text;
using System.Text.Json;
using OrleansMcp.Protocol;

namespace OrleansMcp.Tests.Protocol;

public sealed class WholeNumbersTests
{
    [Theory]
    [InlineData("2", "2")]
    [InlineData("2.0", "2")]
    [InlineData("1e2", "100")]
    [InlineData("1E+2", "100")]
    [InlineData("1.50e1", "15")]
    [InlineData("-12000e-3", "-12")]
    [InlineData("0.0", "0")]
    [InlineData("0e99", "0")]
    [InlineData("-0.0", "-0")]
    [InlineData("9223372036854775807.0", "9223372036854775807")] // exact beyond what a double holds
    [InlineData("1e39", "1000000000000000000000000000000000000000")]
    public void A_whole_number_is_spelt_without_point_and_exponent(string number, string spelt)
    {
        Assert.True(WholeNumbers.IsWhole(Encoding.ASCII.GetBytes(number)));
        Assert.Equal($"[{spelt}]", Normalise($"[{number}]"));
    }

    [Theory]
    [InlineData("2.5")]
    [InlineData("1e-1")]
    [InlineData("1.00000000000000000000000000000000000000001")] // a decimal would round it
    [InlineData("123e-2")]
    public void What_is_not_whole_stays(string number)
    {
        Assert.False(WholeNumbers.IsWhole(Encoding.ASCII.GetBytes(number)));
        Assert.Equal($"[{number}]", Normalise($"[{number}]"));
    }

    [Theory]
    [InlineData("1e40")]
    [InlineData("1e999999999999999999999")]
    [InlineData("1e2147483000")]
    public void A_short_number_never_becomes_a_long_one(string number) => Assert.Equal($"[{number}]", Normalise($"[{number}]"));

    [Fact]
    public void Everything_else_stays_as_it_was()
    {
        const string json = """{ "a" : "2.0", "b": [1.5, true, null, {"c":1e1}], "é": 3.0 }""";
        Assert.Equal("""{ "a" : "2.0", "b": [1.5, true, null, {"c":10}], "é": 3 }""", Normalise(json));
        Assert.Equal("2.0", Normalise("2.0"));
    }

    private static string Normalise(string json) => WholeNumbers.Normalise(JsonDocument.Parse(json).RootElement).GetRawText();
}
