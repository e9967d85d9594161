using System.Text.Json;
using OrleansMcp.Authorization.Policies.Arguments;

namespace OrleansMcp.Tests.Caching;

public sealed class ArgumentDigestTests
{
    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{ "b" : 2, "a":1 }""", true)]
    [InlineData("""{"a":{"x":1,"y":[1,2]}}""", """{"a":{"y":[1,2],"x":1}}""", true)]
    [InlineData("""{"a":"\u0041\/"}""", """{"a":"A/"}""", true)]
    [InlineData("""{"\u0061":1}""", """{"a":1}""", true)]
    [InlineData("""{"a":1}""", """{"a":1.0}""", false)]
    [InlineData("""{"a":1}""", """{"a":"1"}""", false)]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""", false)]
    [InlineData("""{"a":null}""", """{}""", false)]
    [InlineData("""{"a":"x"}""", """{"a":"X"}""", false)]
    [InlineData("""{"a":{"b":1}}""", """{"a":{},"b":1}""", false)]
    [InlineData("""{"a":"\",\"b\":\""}""", """{"a":"","b":""}""", false)]
    public void Arguments_have_one_digest_when_no_reader_could_tell_them_apart(string one, string other, bool isSame) =>
        Assert.Equal(isSame, ArgumentDigest.Of(Parse(one)) == ArgumentDigest.Of(Parse(other)));

    [Fact]
    public void A_handle_is_none_of_the_arguments()
    {
        Assert.Equal(ArgumentDigest.Of(Parse("""{"a":1}""")), ArgumentDigest.Of(Parse("""{"session":"x","a":1}"""), "session"));
        Assert.NotEqual(
            ArgumentDigest.Of(Parse("""{"a":{"session":"x"}}"""), "session"), ArgumentDigest.Of(Parse("""{"a":{"session":"y"}}"""), "session"));
    }

    [Fact]
    public void No_arguments_are_something_else_than_empty_ones() =>
        Assert.NotEqual(ArgumentDigest.Of(default), ArgumentDigest.Of(Parse("{}")));

    [Fact]
    public void Large_and_deep_arguments_have_a_digest()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 50)) + "1" + new string('}', 50);
        Assert.NotEqual(ArgumentDigest.Of(Parse(deep)), ArgumentDigest.Of(Parse($$"""{"a":"{{new string('x', 200_000)}}"}""")));
        Assert.Equal(ArgumentDigest.Of(Parse(deep)), ArgumentDigest.Of(Parse(deep)));
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
