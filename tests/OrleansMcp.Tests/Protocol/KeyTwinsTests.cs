using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using OrleansMcp.Protocol.Keys;
using static OrleansMcp.Tests.Authorization.Policies.Judging;

namespace OrleansMcp.Tests.Authorization.Policies;

/// <summary>Keys that two readers could take for one another.</summary>
public sealed class ArgumentKeyTests
{
    [Theory]
    [InlineData("""{"name":1,"Name":2}""")]
    [InlineData("""{"name":1,"NAM\u0045":2}""")]
    [InlineData("""{"a":[{"b":{"path":1,"pAth":2}}]}""")]
    [InlineData("""{"é":1,"É":2}""")]
    [InlineData("""{"\u00e9":1,"e\u0301":2}""")] // é composed and decomposed
    [InlineData("""{"x":1,"\u212bx":1,"\u00c5x":2}""")] // the sign of the Angstrom and the letter
    [InlineData("""{"\uac00":1,"\u1100\u1161":2}""")] // a Hangul syllable and its parts
    [InlineData("""{"a\u0323\u0307é":1,"a\u0307\u0323é":2}""")] // marks in another order
    [InlineData("""{"\u1f71":1,"\u03ac":2}""")]
    [InlineData("""{"\uf900":1,"\u8c48":2}""")] // an ideograph and its compatibility form
    [InlineData("""{"\u212aey":1,"key":2}""")] // the Kelvin sign
    [InlineData("""{"\u212aey":1}""")]
    [InlineData("""{"\u017fecret":1,"secret":2}""")] // the long s
    [InlineData("""{"u\u017fer":1}""")]
    [InlineData("""{"id":1,"\u0131d":2}""")] // the dotless i, and the capital one with a dot
    [InlineData("""{"\u0130d":1,"id":2}""")]
    [InlineData("""{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"B":10}""")]
    public void Twins_are_refused(string json) => Assert.NotNull(KeyTwins.ProblemIn(Json(json)));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"a":{"a":{"A":1}},"b":[{"a":1},{"A":1}]}""")]
    [InlineData("""{"text":"x","by":1,"Session":2}""")]
    [InlineData("""{"größe":1,"straße":2,"日本":3,"имя":4,"हिन्दी":5}""")]
    [InlineData("""{"sınıf":1,"İsim":2,"id":3}""")]
    [InlineData("""{"e\u0301":1,"plain":2}""")]
    [InlineData("""{"k":1,"\u00e9":2,"\ud83d\ude00":3}""")]
    public void Keys_that_nobody_confuses_pass(string json) => Assert.Null(KeyTwins.ProblemIn(Json(json)));

    [Fact]
    public void Any_two_spellings_of_a_key_are_twins_wherever_they_stand() => Prop.ForAll(
        Spelling().Zip(Spelling()).ToArbitrary(),
        pair =>
        {
            var (one, other) = pair;
            var json = Parse($$"""{"list":[{"{{one}}":1,"between":2,"{{other}}":3}]}""");
            return one == other || KeyTwins.ProblemIn(json) is not null;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Many_keys_cost_no_more_than_their_number()
    {
        var json = JsonSerializer.SerializeToElement(Enumerable.Range(0, 200_000).ToDictionary(i => $"key{i}"));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Null(KeyTwins.ProblemIn(json));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
    }

    /// <summary>One of the ways to write the key "amount": any case, any character escaped.</summary>
    private static Gen<string> Spelling() =>
        from choices in Gen.ArrayOf(Gen.Choose(0, 3), 6)
        select string.Concat("amount".Select((letter, i) => Written(choices[i] % 2 == 0 ? letter : char.ToUpperInvariant(letter), choices[i] > 1)));

    private static string Written(char letter, bool escaped) => escaped ? $"\\u{(int)letter:x4}" : $"{letter}";

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
