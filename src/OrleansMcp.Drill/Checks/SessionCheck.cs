using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>A session serves the client that opened it, from its opening to its end, and no action of another client changes that.</summary>
internal static class SessionCheck
{
    public const string UsedAfterEnd = "used after its end";
    public const string Lost = "session lost";
    public const string WrongIdentity = "wrong identity";

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history)
    {
        var endings = history.OfType<SessionEnding>().ToLookup(ending => ending.Stamp.Session);
        foreach (var operation in history.Where(operation => operation.Stamp.Session != 0 && operation is not (SessionOpening or Attack)))
        {
            var ended = endings[operation.Stamp.Session];
            if (operation.IsOk && ended.FirstOrDefault(ending => ending.IsOk && ending.Precedes(operation)) is { } before)
            {
                yield return new(UsedAfterEnd, "A session served its owner after its end was acknowledged.", [before, operation]);
            }

            if (operation is { IsRefused: true, Stamp.Code: Stamp.NoSession } && !ended.Any(ending => MayHaveEnded(ending, operation)))
            {
                yield return new(Lost, "A session that its owner had not ended was gone.", [operation]);
            }

            if (operation is IdentityQuery { IsOk: true } query && query.Owner != query.Client)
            {
                yield return new(WrongIdentity, $"{query.Client} was taken for {query.Owner}.", [query]);
            }
        }
    }

    private static bool MayHaveEnded(SessionEnding ending, Operation operation) =>
        ending != operation && !ending.IsRefused && ending.Stamp.Begin < operation.Stamp.End;
}
