namespace OrleansMcp.Authorization;

/// <summary>
/// The patterns of one kind: sorted by code unit, and none covered by another. Then only the last pattern that does not sort after a name
/// can match it: a pattern that sorts between a prefix and a name with that prefix has the prefix too, and would be covered. Matching is
/// one binary search and allocates nothing.
/// </summary>
internal sealed class PatternSet
{
    private readonly PermissionPattern[] _patterns;

    private PatternSet(PermissionPattern[] patterns) => _patterns = patterns;

    public static PatternSet Empty { get; } = new([]);

    public ReadOnlySpan<PermissionPattern> Patterns => _patterns;

    /// <summary>Whether it matches every name there could be.</summary>
    public bool IsAll => _patterns is [{ IsPrefix: true, Text.Length: 0 }];

    public static PatternSet Of(IEnumerable<PermissionPattern> patterns)
    {
        List<PermissionPattern> kept = [];
        foreach (var pattern in patterns.OrderBy(one => one.Text, StringComparer.Ordinal).ThenByDescending(one => one.IsPrefix))
        {
            if (kept.Count == 0 || !kept[^1].Covers(pattern))
            {
                kept.Add(pattern);
            }
        }

        return kept.Count == 0 ? Empty : new PatternSet([.. kept]);
    }

    public bool Matches(ReadOnlySpan<char> name) => Nearest(name) is >= 0 and var index && _patterns[index].Matches(name);

    public PatternSet Intersect(PatternSet other)
    {
        // Of two patterns one covers the other, or they have nothing in common.
        var common = _patterns.Where(other.Covers).Concat(other._patterns.Where(Covers));
        return Of(common);
    }

    public PatternSet Union(PatternSet other) => Of(_patterns.Concat(other._patterns));

    private bool Covers(PermissionPattern pattern) => Nearest(pattern.Text) is >= 0 and var index && _patterns[index].Covers(pattern);

    /// <summary>The last pattern whose text does not come after <paramref name="name"/>, or -1.</summary>
    private int Nearest(ReadOnlySpan<char> name)
    {
        var (low, high) = (0, _patterns.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (name.SequenceCompareTo(_patterns[middle].Text) >= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high;
    }
}
