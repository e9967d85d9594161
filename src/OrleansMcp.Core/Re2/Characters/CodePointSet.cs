namespace OrleansMcp.Re2.Characters;

/// <summary>An immutable set of code points: ranges in order that neither overlap nor touch.</summary>
internal sealed class CodePointSet : IEquatable<CodePointSet>
{
    /// <summary>The largest code point.</summary>
    public const int Largest = 0x10FFFF;

    private readonly CodePointRange[] _ranges;

    internal CodePointSet(CodePointRange[] ranges) => _ranges = ranges;

    public static CodePointSet All { get; } = Of(0, Largest);

    public ReadOnlySpan<CodePointRange> Ranges => _ranges;

    public static CodePointSet Of(int character) => Of(character, character);

    public static CodePointSet Of(int first, int last) => new([new(first, last)]);

    public static CodePointSet Of(params ReadOnlySpan<CodePointRange> ranges)
    {
        var set = new CodePointSetBuilder();
        foreach (var range in ranges)
        {
            set.Add(range);
        }

        return set.Build();
    }

    public bool Contains(int character)
    {
        var (low, high) = (0, _ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var range = _ranges[middle];
            if (character >= range.First && character <= range.Last)
            {
                return true;
            }

            (low, high) = character < range.First ? (low, middle - 1) : (middle + 1, high);
        }

        return false;
    }

    public CodePointSet Complement()
    {
        List<CodePointRange> others = new(_ranges.Length + 1);
        var first = 0;
        foreach (var range in _ranges)
        {
            if (first < range.First)
            {
                others.Add(new(first, range.First - 1));
            }

            first = range.Last + 1;
        }

        if (first <= Largest)
        {
            others.Add(new(first, Largest));
        }

        return new([.. others]);
    }

    public bool Equals(CodePointSet? other) => other is not null && Ranges.SequenceEqual(other.Ranges);

    public override bool Equals(object? obj) => Equals(obj as CodePointSet);

    public override int GetHashCode() => _ranges is [var first, ..] ? HashCode.Combine(_ranges.Length, first, _ranges[^1]) : 0;
}

/// <summary>The code points from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
internal readonly record struct CodePointRange(int First, int Last);
