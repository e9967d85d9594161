using System.Text.Json;
using OrleansMcp.Authorization.Policies.Arguments;

namespace OrleansMcp.Records;

/// <summary>Judges what clients send before it reaches a namespace.</summary>
internal static class RecordArguments
{
    public static void CheckKeys(IReadOnlyList<string> keys)
    {
        Check(keys.Count is > 0 and <= RecordLimits.PageLength, $"Argument 'keys': between 1 and {RecordLimits.PageLength} keys can be read at once.");
        foreach (var key in keys)
        {
            CheckKey(key);
        }
    }

    public static void CheckQuery(string prefix, int limit)
    {
        Check(prefix.Length <= RecordLimits.KeyLength, $"Argument 'prefix': at most {RecordLimits.KeyLength} characters.");
        Check(limit is > 0 and <= RecordLimits.PageLength, $"Argument 'limit': between 1 and {RecordLimits.PageLength}.");
    }

    public static void CheckTransaction(IReadOnlyList<RecordRead> reads, IReadOnlyList<RecordWrite> writes)
    {
        Check(reads.Count <= RecordLimits.Reads, $"Argument 'reads': at most {RecordLimits.Reads}.");
        Check(writes.Count is > 0 and <= RecordLimits.Writes, $"Argument 'writes': between 1 and {RecordLimits.Writes}.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var bytes = 0L;
        foreach (var write in writes)
        {
            CheckKey(write.Key);
            Check(seen.Add(write.Key), $"Argument 'writes': the key '{write.Key}' is written twice.");
            Check(write.Version is null or >= 0, "Argument 'version': 0 for none, or the version that was read.");
            bytes += write.Value is { } value ? CheckValue(write.Key, value) : 0;
        }

        Check(bytes <= RecordLimits.TransactionBytes, $"Argument 'writes': the values of one transaction may take {RecordLimits.TransactionBytes} bytes.");
        foreach (var read in reads)
        {
            CheckKey(read.Key);
            Check(read.Version >= 0, "Argument 'version': 0 for none, or the version that was read.");
        }
    }

    public static RecordException Invalid(string message) => new(RecordException.InvalidArgument, message);

    private static void CheckKey(string? key)
    {
        Check(key is { Length: > 0 and <= RecordLimits.KeyLength }, $"A key has 1 to {RecordLimits.KeyLength} characters.");
        Check(key!.All(IsVisible), "A key is made of visible characters.");
    }

    /// <summary>No control characters, no halves of a pair, nothing that a store or a log would take for its own.</summary>
    private static bool IsVisible(char character) =>
        !char.IsControl(character) && !char.IsSurrogate(character) && !char.IsWhiteSpace(character) && character < '\ufff0';

    private static int CheckValue(string key, JsonElement value)
    {
        var bytes = System.Text.Encoding.UTF8.GetByteCount(value.GetRawText());
        Check(bytes <= RecordLimits.ValueBytes, $"The value of '{key}' takes {bytes} bytes; {RecordLimits.ValueBytes} are the limit.");
        return bytes;
    }

    private static void Check(bool holds, string problem)
    {
        if (!holds)
        {
            throw Invalid(problem);
        }
    }
}
