namespace OrleansMcp.Re2.Characters;

/// <summary>
/// The names of <c>\p{...}</c>: general categories and their aliases, scripts, <c>Any</c>, <c>Assigned</c> and <c>ASCII</c>. Case, blanks,
/// underscores and hyphens do not matter.
/// </summary>
internal static class UnicodeProperties
{
    // Every category by its names; the first is what the table calls it, or the letter that all of a kind begin with.
    private const string CategoryNames = """
        C Other
        Cc Control cntrl
        Cf Format
        Cn Unassigned
        Co Private_Use
        Cs Surrogate
        L Letter
        LC Cased_Letter
        Ll Lowercase_Letter
        Lm Modifier_Letter
        Lo Other_Letter
        Lt Titlecase_Letter
        Lu Uppercase_Letter
        M Mark Combining_Mark
        Mc Spacing_Mark
        Me Enclosing_Mark
        Mn Nonspacing_Mark
        N Number
        Nd Decimal_Number digit
        Nl Letter_Number
        No Other_Number
        P Punctuation punct
        Pc Connector_Punctuation
        Pd Dash_Punctuation
        Pe Close_Punctuation
        Pf Final_Punctuation
        Pi Initial_Punctuation
        Po Other_Punctuation
        Ps Open_Punctuation
        S Symbol
        Sc Currency_Symbol
        Sk Modifier_Symbol
        Sm Math_Symbol
        So Other_Symbol
        Z Separator
        Zl Line_Separator
        Zp Paragraph_Separator
        Zs Space_Separator
        """;

    private static readonly Lazy<Dictionary<string, CodePointSet>> s_sets = new(Load);

    /// <summary>The set of a name; null when there is none.</summary>
    public static CodePointSet? Find(string name) => s_sets.Value.GetValueOrDefault(Canonical(name));

    private static Dictionary<string, CodePointSet> Load()
    {
        var table = UnicodeTable.Instance;
        Dictionary<string, CodePointSet> sets = new(StringComparer.Ordinal)
        {
            ["any"] = CodePointSet.All,
            ["assigned"] = table.Categories["Cn"].Complement(),
            ["ascii"] = CodePointSet.Of(0, 0x7F),
        };
        foreach (var (name, set) in table.Scripts)
        {
            sets.Add(Canonical(name), set);
        }

        foreach (var names in CategoryNames.Split('\n', StringSplitOptions.TrimEntries).Select(line => line.Split(' ')))
        {
            var set = Category(table, names[0]);
            foreach (var name in names)
            {
                sets.Add(Canonical(name), set);
            }
        }

        return sets;
    }

    private static CodePointSet Category(UnicodeTable table, string name) => name switch
    {
        "LC" => Union(table, category => category is "Lu" or "Ll" or "Lt"),
        { Length: 1 } => Union(table, category => category.StartsWith(name, StringComparison.Ordinal)),
        _ => table.Categories[name],
    };

    private static CodePointSet Union(UnicodeTable table, Func<string, bool> isMember)
    {
        var set = new CodePointSetBuilder();
        foreach (var (name, category) in table.Categories)
        {
            if (isMember(name))
            {
                set.Add(category);
            }
        }

        return set.Build();
    }

    private static string Canonical(string name) =>
        string.Concat(name.Where(letter => letter is not ('_' or '-' or ' ')).Select(letter => char.IsAscii(letter) ? char.ToLowerInvariant(letter) : letter));
}
