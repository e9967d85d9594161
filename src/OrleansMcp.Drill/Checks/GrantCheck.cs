using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>
/// A client may use another client's namespace while it has a grant: it must be let in from the acknowledgement of the grant until its owner
/// begins to take it back, and must be kept out after that is acknowledged.
/// </summary>
internal static class GrantCheck
{
    public const string WithoutGrant = "access without a grant";
    public const string WithinGrant = "refused within a grant";

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history)
    {
        var grants = history.OfType<GrantChange>().Where(change => !change.IsRefused).ToLookup(change => (change.Space, change.Grantee));
        foreach (var access in history.OfType<Transaction>().Where(one => one.Client != one.Space.Owner))
        {
            var need = access.Writes.Count > 0 ? Access.Write : Access.Read;
            var changes = grants[(access.Space, access.Client)].ToList();
            var levels = Possible(changes, access);
            if (WasLetIn(access) && levels.TrueForAll(level => level < need))
            {
                yield return new(WithoutGrant, $"{access.Client} could {need} {access.Space} without a grant for it.", [.. Last(changes, access), access]);
            }
            else if (WasKeptOut(access) && levels.TrueForAll(level => level >= need))
            {
                yield return new(WithinGrant, $"{access.Client} could not {need} {access.Space}, which was shared for it.", [.. Last(changes, access), access]);
            }
        }
    }

    /// <summary>A conflict lets in too: it tells the client that the namespace has a record.</summary>
    private static bool WasLetIn(Transaction access) => access.IsOk || access is { IsRefused: true, Stamp.Code: "conflict" };

    /// <summary>A client that has no permission for the namespace of another is kept out of it by that, grant or not.</summary>
    private static bool WasKeptOut(Transaction access) => access is { IsRefused: true, Hindrance: null, Stamp.Code: "not_found" or "permission_denied" };

    /// <summary>Whether the access shows what the grants of the namespace are worth.</summary>
    public static bool IsJudged(Transaction access) => access.Client != access.Space.Owner && (WasLetIn(access) || WasKeptOut(access));

    /// <summary>The levels that the grant may have had at some moment of the access.</summary>
    private static List<Access> Possible(List<GrantChange> changes, Transaction access)
    {
        var before = changes.Where(change => change.IsOk && change.Precedes(access)).ToList();
        var standing = before.Where(change => !before.Exists(change.Precedes)).ToList();
        var during = changes.Where(change => change.Stamp.Begin < access.Stamp.End && !change.Precedes(access));
        List<Access> levels = [.. standing.Concat(during).Select(change => change.Access)];
        if (standing.Count == 0)
        {
            levels.Add(Access.None); // no grant had been acknowledged
        }

        return levels;
    }

    private static IEnumerable<GrantChange> Last(List<GrantChange> changes, Transaction access) =>
        changes.Where(change => change.Stamp.Begin < access.Stamp.End).OrderBy(change => change.Stamp.Begin).TakeLast(2);
}
