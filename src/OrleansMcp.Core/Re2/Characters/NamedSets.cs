namespace OrleansMcp.Re2.Characters;

/// <summary>The classes with names of their own. All of them are ASCII, whatever the text.</summary>
internal static class NamedSets
{
    private static readonly CodePointSet s_digit = Ranges("09");
    private static readonly CodePointSet s_space = CodePointSet.Of(new('\t', '\n'), new('\f', '\r'), new(' ', ' '));

    private static readonly Dictionary<string, CodePointSet> s_posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = Ranges("09", "AZ", "az"),
        ["alpha"] = Ranges("AZ", "az"),
        ["ascii"] = Ranges("\0\x7f"),
        ["blank"] = Ranges("\t\t", "  "),
        ["cntrl"] = Ranges("\0\x1f", "\x7f\x7f"),
        ["digit"] = s_digit,
        ["graph"] = Ranges("!~"),
        ["lower"] = Ranges("az"),
        ["print"] = Ranges(" ~"),
        ["punct"] = Ranges("!/", ":@", "[`", "{~"),
        ["space"] = Ranges("\t\r", "  "),
        ["upper"] = Ranges("AZ"),
        ["word"] = Ranges("09", "AZ", "__", "az"),
        ["xdigit"] = Ranges("09", "AF", "af"),
    };

    /// <summary>Everything but a line feed.</summary>
    public static CodePointSet NoLineFeed { get; } = CodePointSet.Of('\n').Complement();

    /// <summary>A line feed.</summary>
    public static CodePointSet LineFeed { get; } = CodePointSet.Of('\n');

    /// <summary>The characters of words.</summary>
    public static CodePointSet Word { get; } = s_posix["word"];

    /// <summary>The set of <c>\d</c>, <c>\s</c>, <c>\w</c>, and of their opposites before they are turned round; null for another letter.</summary>
    public static CodePointSet? Perl(char letter, out bool isNegated)
    {
        isNegated = char.IsAsciiLetterUpper(letter);
        return char.ToLowerInvariant(letter) switch
        {
            'd' => s_digit,
            's' => s_space,
            'w' => Word,
            _ => null,
        };
    }

    /// <summary>The set of <c>[:name:]</c>; null when there is none.</summary>
    public static CodePointSet? Posix(string name) => s_posix.GetValueOrDefault(name);

    private static CodePointSet Ranges(params ReadOnlySpan<string> ends)
    {
        var set = new CodePointSetBuilder();
        foreach (var pair in ends)
        {
            set.Add(new CodePointRange(pair[0], pair[1]));
        }

        return set.Build();
    }
}
