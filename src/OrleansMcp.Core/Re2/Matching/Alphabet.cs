using OrleansMcp.Re2.Characters;
using OrleansMcp.Re2.Syntax;

namespace OrleansMcp.Re2.Matching;

/// <summary>The classes of code points that no step of an expression tells apart. Whatever is true of one member is true of all.</summary>
internal sealed class Alphabet
{
    private readonly int[] _ascii = new int[0x80];
    private readonly int[] _firsts; // of intervals that lie in one class
    private readonly int[] _classes; // of the intervals

    public Alphabet(Program program)
    {
        HashSet<CodePointSet> sets = [.. program.Instructions.Select(instruction => instruction.Set).OfType<CodePointSet>()];
        if (program.Instructions.Any(instruction => instruction.Operation == Operation.Assert))
        {
            sets.UnionWith([NamedSets.LineFeed, NamedSets.Word]); // assertions tell these apart
        }

        _firsts = [.. sets.SelectMany(set => set.Ranges.ToArray().SelectMany(range => new[] { range.First, range.Last + 1 }))
            .Append(0).Where(first => first <= CodePointSet.Largest).Distinct().Order()];
        _classes = Number(Refine(sets), out var members);
        Members = members;
        for (var character = 0; character < _ascii.Length; character++)
        {
            _ascii[character] = Search(character);
        }
    }

    /// <summary>A member of each class.</summary>
    public int[] Members { get; }

    /// <summary>How many classes there are.</summary>
    public int Count => Members.Length;

    public int ClassOf(int character) => (uint)character < (uint)_ascii.Length ? _ascii[character] : Search(character);

    /// <summary>Divides the intervals: two are together only if every set has both or neither.</summary>
    private int[] Refine(HashSet<CodePointSet> sets)
    {
        var parts = new int[_firsts.Length];
        var last = 0;
        Dictionary<int, int> inside = [];
        foreach (var set in sets)
        {
            inside.Clear();
            foreach (var range in set.Ranges)
            {
                for (var i = Array.BinarySearch(_firsts, range.First); i < _firsts.Length && _firsts[i] <= range.Last; i++)
                {
                    if (!inside.TryGetValue(parts[i], out var part))
                    {
                        inside.Add(parts[i], part = ++last);
                    }

                    parts[i] = part;
                }
            }
        }

        return parts;
    }

    /// <summary>Numbers the parts that are left without a gap.</summary>
    private int[] Number(int[] parts, out int[] members)
    {
        Dictionary<int, int> numbers = [];
        List<int> found = [];
        var numbered = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!numbers.TryGetValue(parts[i], out numbered[i]))
            {
                numbers.Add(parts[i], numbered[i] = found.Count);
                found.Add(_firsts[i]);
            }
        }

        members = [.. found];
        return numbered;
    }

    private int Search(int character)
    {
        var index = Array.BinarySearch(_firsts, character);
        return _classes[index >= 0 ? index : ~index - 1];
    }
}
