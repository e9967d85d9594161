using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>
/// Each session has a session of its own at another server, now and then a new one: that counts the calls of its session alone, from 1 on. What a
/// call is answered, and the progress before it, are its own. Once all sessions are over, the other server has none left.
/// </summary>
internal static class UpstreamCheck
{
    public const string Foreign = "another's session at a server";
    public const string Wrong = "a server's answer to another call";
    public const string NotCounted = "a server's count not exact";
    public const string Left = "session left at a server";

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history)
    {
        var counts = history.OfType<UpstreamCount>().Where(count => !count.IsRefused).ToLookup(count => count.Stamp.Session);
        foreach (var echo in history.OfType<UpstreamEcho>().Where(echo => echo.IsOk && (echo.ReplyText != echo.Text || echo.Progress.Any(text => text != echo.Text))))
        {
            yield return new(Wrong, $"{echo.Client} was told by another server what was not its text.", [echo]);
        }

        foreach (var upstream in history.OfType<UpstreamCall>().Where(call => call.IsOk).GroupBy(call => call.AnsweredBy, StringComparer.Ordinal))
        {
            var first = upstream.First();
            if (upstream.FirstOrDefault(call => call.Stamp.Session != first.Stamp.Session) is { } other)
            {
                yield return new(Foreign, $"Session {first.Stamp.Session} of {first.Client} and session {other.Stamp.Session} of {other.Client} had one session at another server.", [first, other]);
            }
            else if (CheckCounts([.. upstream.OfType<UpstreamCount>().OrderBy(count => count.Count)], [.. counts[first.Stamp.Session]]) is { } wrong)
            {
                yield return wrong;
            }
        }
    }

    /// <summary>The sessions of the other server that are not over although all of the drill's are; where some may be open still, nothing can be said.</summary>
    public static IEnumerable<Finding> LeftOf(IReadOnlyList<Operation> history, IReadOnlyList<string> left)
    {
        var over = history.Where(one => one is SessionEnding { IsOk: true } || one is { IsRefused: true, Stamp.Code: Stamp.NoSession }).Select(one => one.Stamp.Session).ToHashSet();
        return history.Any(one => one is SessionOpening { IsOk: true } && !over.Contains(one.Stamp.Session)) ? []
            : left.Select(upstream => new Finding(
                Left, $"The session {upstream} of another server was not ended when all sessions were.",
                [.. history.Where(one => one is UpstreamCall call && call.AnsweredBy == upstream).TakeLast(1)]));
    }

    /// <param name="answered">The calls that one session of the other server answered, by what it counted.</param>
    /// <param name="all">All calls of the session that may have reached it.</param>
    private static Finding? CheckCounts(UpstreamCount[] answered, UpstreamCount[] all)
    {
        var (latest, former) = ((UpstreamCount?)null, (UpstreamCount?)null);
        foreach (var count in answered)
        {
            if (former?.Count == count.Count)
            {
                return new(NotCounted, $"A session of another server counted {count.Count} twice.", [former, count]);
            }

            if (latest is not null && count.Precedes(latest))
            {
                return new(NotCounted, $"A session of another server counted {latest.Count} after {count.Count}.", [count, latest]);
            }

            UpstreamCount[] possible = [.. all.Where(one => one.Stamp.Begin < count.Stamp.End && (one.IsUnknown || one.AnsweredBy == count.AnsweredBy))];
            if (count.Count < 1 || count.Count > possible.Length)
            {
                return new(NotCounted, $"A session of another server counted {count.Count} where at most {possible.Length} calls can have reached it.", possible)
                {
                    IsIrreducible = true,
                };
            }

            (latest, former) = (latest is null || count.Stamp.Begin > latest.Stamp.Begin ? count : latest, count);
        }

        return null;
    }
}
