namespace OrleansMcp.Re2.Characters;

/// <summary>Simple case folding: k, K and the Kelvin sign are the same, and s, S and the long s.</summary>
internal static class CaseFolding
{
    private static readonly Lazy<Dictionary<int, int[]>> s_orbits = new(
        () => UnicodeTable.Instance.Orbits.SelectMany(orbit => orbit.Select(character => (character, orbit))).ToDictionary());

    /// <summary>The set, and every code point that folding makes the same as one in it.</summary>
    public static CodePointSet Close(CodePointSet set)
    {
        var closed = new CodePointSetBuilder();
        closed.Add(set);
        if (set.Ranges is [var only] && only.First == only.Last)
        {
            Add(closed, s_orbits.Value.GetValueOrDefault(only.First) ?? []);
            return closed.Build();
        }

        foreach (var orbit in UnicodeTable.Instance.Orbits)
        {
            if (orbit.Any(set.Contains))
            {
                Add(closed, orbit);
            }
        }

        return closed.Build();
    }

    private static void Add(CodePointSetBuilder set, int[] orbit)
    {
        foreach (var character in orbit)
        {
            set.Add(new CodePointRange(character, character));
        }
    }
}
