using OrleansMcp.Drill.History;
using static OrleansMcp.Tests.Drill.Histories;

namespace OrleansMcp.Tests.Drill;

/// <summary>
/// Transactions that were truly executed one after the other, puts and deletions, some refused, some without an answer (done or not). Only
/// the beginnings and ends around the moments of execution overlap.
/// </summary>
internal static class SerialExecution
{
    private const int Apart = 1_000;

    private static readonly string[] s_keys = ["x", "y", "k-1", "k-2"];

    public static List<Operation> Of(Random random, int count)
    {
        var (state, version, history) = (new Dictionary<string, (long Version, string Token)>(StringComparer.Ordinal), 0L, new List<Operation>());
        for (var index = 0; index < count; index++)
        {
            var reads = s_keys.Where(_ => random.NextDouble() < 0.3).Select(Find).ToList();
            var scans = random.NextDouble() < 0.2;
            if (scans)
            {
                reads = [.. s_keys.Where(key => key.StartsWith("k-", StringComparison.Ordinal) && state.ContainsKey(key)).Select(Find)];
            }

            var ending = random.NextDouble();
            var isRefused = ending < 0.15;
            var isDone = !isRefused && ending > 0.2;
            var stamp = Around(random, index, isRefused, isUnknown: ending is >= 0.15 and < 0.3);
            List<Write> writes = random.NextDouble() < 0.3 ? [] : [.. s_keys.Where(_ => random.NextDouble() < 0.3).Select(key => Draw(key, index))];
            if (isDone && writes.Count > 0)
            {
                version++;
                Apply(writes);
            }

            var isKnown = stamp.Outcome == Outcome.Ok;
            history.Add(new Transaction(
                stamp, "test", Orders, isKnown ? reads : [], writes, isKnown && writes.Count > 0 ? version : 0, scans && isKnown ? "k-" : null));
        }

        return [.. history.OrderBy(one => one.Stamp.Begin)];

        Read Find(string key) => state.TryGetValue(key, out var there) ? new(key, there.Version, there.Token) : new(key, 0);

        Write Draw(string key, int index) => new(
            key, random.NextDouble() < 0.25 ? null : $"{key}-{index}",
            random.NextDouble() < 0.5 ? state.TryGetValue(key, out var there) ? there.Version : 0 : null);

        void Apply(List<Write> writes)
        {
            foreach (var write in writes)
            {
                if (write.Token is null)
                {
                    state.Remove(write.Key);
                }
                else
                {
                    state[write.Key] = (version, write.Token);
                }
            }
        }
    }

    /// <summary>A beginning and an end around the moment, up to five others wide, and no tick twice.</summary>
    private static Stamp Around(Random random, int index, bool isRefused, bool isUnknown)
    {
        var moment = (index + 5L) * Apart;
        var begin = moment - (random.Next(5) * Apart) - 1 - index;
        var end = moment + (random.Next(5) * Apart) + 1 + index;
        return isRefused ? Refused(begin, end, "conflict") : isUnknown ? Unknown(begin) : Ok(begin, end);
    }
}
