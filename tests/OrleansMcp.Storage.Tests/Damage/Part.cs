using OrleansMcp.Records.Log;

namespace OrleansMcp.Storage.Tests.Damage;

/// <summary>What reading a part of a store gave: what it holds, or that it is damaged.</summary>
internal static class Part
{
    /// <summary>How the text of a damaged part begins.</summary>
    public const string Damaged = "damaged: ";

    public static async Task<string> ReadAsync(Func<Task<string>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is StoreDamagedException or RecordLogForeignException)
        {
            return OfDamage(e);
        }
    }

    public static string OfDamage(Exception damage) => Damaged + damage.Message;

    /// <summary>
    /// Each part is as it was written last, or refused with what is damaged and what to do: nothing else is read, and nothing that is older.
    /// </summary>
    public static void AssertNothingElse(IReadOnlyDictionary<string, string> whole, IReadOnlyDictionary<string, string> read, string damage)
    {
        foreach (var (name, text) in read)
        {
            if (text.StartsWith(Damaged, StringComparison.Ordinal))
            {
                Assert.True(text.Contains("restore FILE", StringComparison.Ordinal) || text.Contains("Bring it back from a copy", StringComparison.Ordinal), $"{damage}: {name} does not say what to do: {text}");
            }
            else
            {
                Assert.True(text == whole[name], $"{damage}: {name} reads {Shown(text, whole[name])} instead of {Shown(whole[name], text)}");
            }
        }
    }

    /// <summary>From where two texts differ.</summary>
    private static string Shown(string text, string other)
    {
        var common = text.Zip(other).TakeWhile(static pair => pair.First == pair.Second).Count();
        return $"…{text[Math.Max(0, common - 20)..Math.Min(text.Length, common + 60)]}…";
    }

    public static bool IsDamaged(string text) => text.StartsWith(Damaged, StringComparison.Ordinal);
}
