using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>
/// Another client's namespace is open to whom its owner shared it with, from the moment the grant was acknowledged to the moment its end
/// was begun to be asked for, and to nobody after that end was acknowledged.
/// </summary>
internal static class GrantCheck
{
    public const string WithoutGrant = "access without a grant";
    public const string WithinGrant = "refused within a grant";

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history)
    {
        var grants = history.OfType<GrantChange>().Where(change => !change.IsRefused).ToLookup(change => (change.Space, change.Grantee));
        foreach (var access in history.OfType<Transaction>().Where(one => one.Who != one.Space.Owner))
        {
            var need = access.Writes.Count > 0 ? Access.Write : Access.Read;
            var changes = grants[(access.Space, access.Who)].ToList();
            var levels = Possible(changes, access);
            if (WasLetIn(access) && levels.TrueForAll(level => level < need))
            {
                yield return new(WithoutGrant, $"{access.Who} could {need} {access.Space} without a grant for it.", [.. Last(changes, access), access]);
            }
            else if (WasKeptOut(access) && levels.TrueForAll(level => level >= need))
            {
                yield return new(WithinGrant, $"{access.Who} could not {need} {access.Space}, which was shared for it.", [.. Last(changes, access), access]);
            }
        }
    }

    /// <summary>A conflict is told to those only who may know what there is.</summary>
    private static bool WasLetIn(Transaction access) => access.IsOk || access is { IsRefused: true, Stamp.Code: "conflict" };

    private static bool WasKeptOut(Transaction access) => access is { IsRefused: true, Stamp.Code: "not_found" or "permission_denied" };

    /// <summary>What the grant may have been at some moment of the access.</summary>
    private static List<Access> Possible(List<GrantChange> changes, Transaction access)
    {
        var before = changes.Where(change => change.IsOk && change.Precedes(access)).ToList();
        var standing = before.Where(change => !before.Exists(change.Precedes)).ToList();
        var during = changes.Where(change => change.Stamp.Begin < access.Stamp.End && !change.Precedes(access));
        List<Access> levels = [.. standing.Concat(during).Select(change => change.Access)];
        if (standing.Count == 0)
        {
            levels.Add(Access.None); // nothing was shared yet
        }

        return levels;
    }

    private static IEnumerable<GrantChange> Last(List<GrantChange> changes, Transaction access) =>
        changes.Where(change => change.Stamp.Begin < access.Stamp.End).OrderBy(change => change.Stamp.Begin).TakeLast(2);
}
