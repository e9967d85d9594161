namespace OrleansMcp.Tests;

/// <summary>
/// How much a test does: enough with every change, and many times that at night, where <c>.ci/nightly</c> sets <c>TESTS_AT_NIGHT</c> and
/// selects tests by the trait. One that asks and does not have the trait fails.
/// </summary>
internal static class Rounds
{
    public const string Trait = "Rounds";
    public const string MoreAtNight = nameof(MoreAtNight);

    public static bool AtNight
    {
        get
        {
            var traits = TestContext.Current.Test!.Traits;
            Assert.True(traits.TryGetValue(Trait, out var values) && values.Contains(MoreAtNight), $"The nightly run would not select this: it lacks [Trait(\"{Trait}\", \"{MoreAtNight}\")].");
            return Environment.GetEnvironmentVariable("TESTS_AT_NIGHT") is not (null or "");
        }
    }

    public static int Of(int withEveryChange, int atNight) => AtNight ? atNight : withEveryChange;
}
