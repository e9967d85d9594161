using OrleansMcp.Drill.History;

namespace OrleansMcp.Tests.Drill;

/// <summary>Judges a history by the definition of serialisability: it tries every order.</summary>
internal static class SerialOrders
{
    /// <summary>Whether there is an order in which, one after the other, each reads what it read and versions of a key only grow.</summary>
    public static bool Explain(IReadOnlyList<Transaction> history, bool inRealTime) =>
        Continue(history, new bool[history.Count], [], inRealTime, done: 0);

    private static bool Continue(IReadOnlyList<Transaction> history, bool[] placed, Dictionary<string, long> state, bool inRealTime, int done)
    {
        if (done == history.Count)
        {
            return true;
        }

        for (var index = 0; index < history.Count; index++)
        {
            if (placed[index] || (inRealTime && Enumerable.Range(0, history.Count).Any(other => !placed[other] && history[other].Precedes(history[index]))))
            {
                continue;
            }

            if (Apply(history[index], state) is { } next)
            {
                placed[index] = true;
                if (Continue(history, placed, next, inRealTime, done + 1))
                {
                    return true;
                }

                placed[index] = false;
            }
        }

        return false;
    }

    private static Dictionary<string, long>? Apply(Transaction transaction, Dictionary<string, long> state)
    {
        if (transaction.Reads.Any(read => state.GetValueOrDefault(read.Key) != read.Version)
            || transaction.Writes.Any(write => state.GetValueOrDefault(write.Key) >= transaction.Version))
        {
            return null;
        }

        var next = new Dictionary<string, long>(state, StringComparer.Ordinal);
        foreach (var write in transaction.Writes)
        {
            next[write.Key] = transaction.Version;
        }

        return next;
    }
}
