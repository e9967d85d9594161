using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks.Records;

/// <summary>
/// A record that counts ends at the number of increments that were acknowledged, and at most those more that were never answered. (An
/// increment is a put of the number plus one over the version that was read.)
/// </summary>
internal static class RecordCounterCheck
{
    public const string Wrong = "record counter not exact";

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history) =>
        from one in history.OfType<Transaction>()
        from key in one.Writes.Where(write => write.Count is not null).Select(write => write.Key).Distinct()
        group one by (one.Space, Key: key) into steps
        let finding = Check(history, steps.Key.Space, steps.Key.Key, [.. steps])
        where finding is not null
        select finding;

    private static Finding? Check(IReadOnlyList<Operation> history, RecordSpace space, string key, List<Transaction> steps)
    {
        var done = steps.Where(step => step.IsOk).ToList();
        var unknown = steps.Count(step => step.IsUnknown);
        var twice = done.GroupBy(step => CountOf(step, key)).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            return new(Wrong, $"Two increments of {key} in {space} both made it {twice.Key}: one is lost.", [.. twice.Take(2)]);
        }

        var last = history.OfType<Transaction>().LastOrDefault(one =>
            one.IsOk && one.Space == space && one.Reads.Any(read => read.Key == key && read.Count is not null) && done.TrueForAll(step => step.Precedes(one)));
        return last?.Reads.First(read => read.Key == key).Count is { } final && (final < done.Count || final > done.Count + unknown)
            ? new(Wrong, $"{key} in {space} is {final} after {done.Count} increments, with {unknown} more unanswered.", [.. steps, last]) { IsIrreducible = true }
            : null;
    }

    private static long CountOf(Transaction step, string key) => step.Writes.First(write => write.Key == key).Count ?? 0;
}
