namespace OrleansMcp.Hosting.Settings;

/// <summary>Suggests the known name that a misspelt one is closest to.</summary>
internal static class NearestName
{
    /// <summary>The name that takes the fewest changes of a letter; null when each takes too many.</summary>
    public static string? Of(string misspelt, IEnumerable<string> names) => names
        .Select(name => (Name: name, Distance: Distance(misspelt, name)))
        .Where(one => one.Distance <= Math.Max(one.Name.Length > 4 ? 2 : 1, one.Name.Length / 3))
        .OrderBy(one => one.Distance).ThenBy(one => one.Name, StringComparer.Ordinal)
        .Select(one => one.Name).FirstOrDefault();

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var changed = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
