using System.Globalization;

namespace OrleansMcp.Re2.Characters;

/// <summary>
/// What Unicode says of code points, read once from a resource. The runtime's tables are another version's, change with it and know no
/// scripts: a policy must not change its meaning with an update.
/// </summary>
internal sealed class UnicodeTable
{
    private const string Resource = "OrleansMcp.Re2.Characters.unicode-15.0.txt";

    private static readonly Lazy<UnicodeTable> s_instance = new(() => new UnicodeTable());

    private UnicodeTable()
    {
        using var reader = new StreamReader(typeof(UnicodeTable).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is missing."));
        List<int[]> orbits = [];
        while (reader.ReadLine() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["category", var name, .. var ranges]:
                    Categories.Add(name, Set(ranges));
                    break;
                case ["script", var name, .. var ranges]:
                    Scripts.Add(name, Set(ranges));
                    break;
                case ["fold", .. var characters]:
                    orbits.Add([.. characters.Select(Number)]);
                    break;
            }
        }

        Orbits = orbits;
    }

    public static UnicodeTable Instance => s_instance.Value;

    /// <summary>The general categories by their names of two letters. Every code point is in one.</summary>
    public Dictionary<string, CodePointSet> Categories { get; } = new(StringComparer.Ordinal);

    /// <summary>The scripts by their long names.</summary>
    public Dictionary<string, CodePointSet> Scripts { get; } = new(StringComparer.Ordinal);

    /// <summary>The code points that simple case folding makes the same, where there is more than one.</summary>
    public IReadOnlyList<int[]> Orbits { get; }

    private static CodePointSet Set(string[] ranges) => new([.. ranges.Select(range => range.Split('-') is [var first, var last]
        ? new CodePointRange(Number(first), Number(last))
        : new CodePointRange(Number(range), Number(range)))]);

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
