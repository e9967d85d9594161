namespace OrleansMcp.Re2.Characters;

/// <summary>Unites ranges.</summary>
internal sealed class CodePointSetBuilder
{
    private readonly List<CodePointRange> _ranges = [];

    public void Add(CodePointRange range) => _ranges.Add(range);

    public void Add(CodePointSet set) => _ranges.AddRange(set.Ranges);

    public CodePointSet Build()
    {
        _ranges.Sort(static (one, other) => one.First.CompareTo(other.First));
        List<CodePointRange> merged = new(_ranges.Count);
        foreach (var range in _ranges)
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
            {
                merged[^1] = new(merged[^1].First, Math.Max(merged[^1].Last, range.Last));
            }
            else
            {
                merged.Add(range);
            }
        }

        return new([.. merged]);
    }
}
