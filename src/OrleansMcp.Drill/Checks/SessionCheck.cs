using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>A session serves the client that opened it, from its opening to its end, and no action of another client changes that.</summary>
/// <remarks>
/// A server may end a session on its own: an idle one, or one that holds nothing where its client opens more than it may have. So only a session
/// that holds something and was used within the last minute is missed.
/// </remarks>
internal static class SessionCheck
{
    public const string UsedAfterEnd = "used after its end";
    public const string Lost = "session lost";
    public const string WrongIdentity = "wrong identity";

    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(1);

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history)
    {
        var served = history.Where(operation => operation.Stamp.Session != 0 && operation.IsOk).ToLookup(operation => operation.Stamp.Session);
        var endings = history.OfType<SessionEnding>().ToLookup(ending => ending.Stamp.Session);
        foreach (var operation in history.Where(operation => operation.Stamp.Session != 0 && operation is not (SessionOpening or Attack)))
        {
            var ended = endings[operation.Stamp.Session];
            if (operation.IsOk && ended.FirstOrDefault(ending => ending.IsOk && ending.Precedes(operation)) is { } before)
            {
                yield return new(UsedAfterEnd, "A session served its owner after its end was acknowledged.", [before, operation]);
            }

            if (operation is { IsRefused: true, Stamp.Code: Stamp.NoSession } && !ended.Any(ending => MayHaveEnded(ending, operation))
                && Holding(served[operation.Stamp.Session], operation) is { } holding)
            {
                yield return new(Lost, "A session that held something, and that its owner had not ended, was gone.", [holding, operation]);
            }

            if (operation is IdentityQuery { IsOk: true } query && query.Owner != query.Client)
            {
                yield return new(WrongIdentity, $"{query.Client} was taken for {query.Owner}.", [query]);
            }
        }
    }

    /// <summary>What was put into the session before it was missed; null when it held nothing, or was not used for long.</summary>
    private static Operation? Holding(IEnumerable<Operation> served, Operation missing)
    {
        var before = served.Where(operation => operation.Precedes(missing)).ToList();
        return before.Exists(operation => missing.Stamp.At - operation.Stamp.At <= s_idle)
            ? before.FindLast(operation => operation is CounterIncrement { Value: > 0 } or SecretPut)
            : null;
    }

    private static bool MayHaveEnded(SessionEnding ending, Operation operation) =>
        ending != operation && !ending.IsRefused && ending.Stamp.Begin < operation.Stamp.End;
}
