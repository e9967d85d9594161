namespace OrleansMcp.Configuration.Names;

/// <summary>Suggests the known name that a misspelt one is closest to.</summary>
public static class NearestName
{
    private const char Any = '*';
    private const int MostListed = 8;
    private const int Longest = 512;

    /// <summary>
    /// The name that takes the fewest changes: of a letter, or of two neighbours that changed places; null when each takes too many. Letters that look
    /// alike, another case and characters that cannot be seen are no change. In either name <c>*</c> stands for any characters, and so does an
    /// expression of a URI template, <c>{id}</c>.
    /// </summary>
    public static string? Of(string misspelt, IEnumerable<string> names)
    {
        if (misspelt.Length > Longest)
        {
            return null;
        }

        var folded = LookAlike.Fold(misspelt);
        return names
            .Select(name => (Name: name, Folded: LookAlike.Fold(WithoutExpressions(name))))
            .Select(one => (one.Name, Distance: Distance(folded, one.Folded), Most: Most(folded, one.Folded)))
            .Where(one => one.Distance <= one.Most)
            .OrderBy(one => one.Distance).ThenBy(one => Distance(misspelt, one.Name)).ThenBy(one => one.Name, StringComparer.Ordinal)
            .Select(one => one.Name).FirstOrDefault();
    }

    /// <summary>A sentence that helps who wrote a name that is not known: the nearest name, or those there are.</summary>
    public static string Hint(string misspelt, IReadOnlyCollection<string> names)
    {
        if (Of(misspelt, names) is { } nearest)
        {
            return $"Did you mean '{nearest}'?";
        }

        var listed = string.Join(", ", names.Order(StringComparer.Ordinal).Take(MostListed));
        return names.Count == 0 ? "There is none." : names.Count <= MostListed ? $"Known: {listed}." : $"Known: {listed} and {names.Count - MostListed} more.";
    }

    private static string WithoutExpressions(string name)
    {
        while (name.IndexOf('{', StringComparison.Ordinal) is >= 0 and var open && name.IndexOf('}', open) is >= 0 and var close)
        {
            name = string.Concat(name.AsSpan(0, open), "*", name.AsSpan(close + 1));
        }

        return name;
    }

    /// <summary>So few changes that enough of both names is left to be meant.</summary>
    private static int Most(string misspelt, string name)
    {
        var (length, written) = (Letters(name), Letters(misspelt));
        var shorter = Math.Min(length, written);
        var compared = misspelt.Contains(Any, StringComparison.Ordinal) ? shorter : length; // The rest of the name is what the star stands for.
        return Math.Min(Math.Max(compared > 4 ? 2 : 1, compared / 3), shorter - 1);

        static int Letters(string text) => text.Count(static letter => letter != Any);
    }

    /// <summary>The optimal string alignment: Levenshtein's distance, with neighbours that changed places as one change.</summary>
    private static int Distance(string from, string to)
    {
        var (before, former, row) = (new int[to.Length + 1], new int[to.Length + 1], new int[to.Length + 1]);
        for (var j = 1; j <= to.Length; j++)
        {
            row[j] = row[j - 1] + (to[j - 1] == Any ? 0 : 1);
        }

        for (var i = 1; i <= from.Length; i++)
        {
            (before, former, row) = (former, row, before);
            row[0] = former[0] + (from[i - 1] == Any ? 0 : 1);
            for (var j = 1; j <= to.Length; j++)
            {
                var isAny = from[i - 1] == Any || to[j - 1] == Any;
                var changed = former[j - 1] + (isAny || from[i - 1] == to[j - 1] ? 0 : 1);
                row[j] = Math.Min(changed, Math.Min(former[j], row[j - 1]) + (isAny ? 0 : 1));
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }
        }

        return row[^1];
    }
}
