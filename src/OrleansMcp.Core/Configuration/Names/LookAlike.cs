using System.Globalization;
using System.Text;

namespace OrleansMcp.Configuration.Names;

/// <summary>
/// What a name looks like. For suggestions and messages only: names are compared exactly, and one that only looks like another is unknown.
/// </summary>
public static class LookAlike
{
    private const int MaxShown = 120;
    private const int FullWidth = '\uff01' - '!';

    // Lower-case letters of other scripts that fonts draw like Latin ones, and Latin letters with a code point of their own: the first text is read as the second.
    private static readonly (string Strange, string Familiar)[] s_letters =
    [
        ("\u0430\u0441\u0501\u0435\u0433\u04bb\u0456\u0458\u043a\u04cf\u043c\u043d\u043e\u0440\u051b\u0455\u0442\u051d\u0445\u0443\u0432", "acderhijklmhopqstwxyb"), // Cyrillic
        ("\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c5", "aikvopu"), // Greek
        ("\u0251\u0261\u0131\u0130\u017f\u212a", "agiisk"), // Latin: alpha, script g, i without a dot and with one in capitals, the long s, the Kelvin sign
    ];

    /// <summary>The name in lower case, in Latin letters where others look like them, and without characters that cannot be seen.</summary>
    public static string Fold(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var letter in name)
        {
            if (char.IsControl(letter) || char.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.NonSpacingMark)
            {
                continue;
            }

            var narrow = letter is >= '\uff01' and <= '\uff5e' ? (char)(letter - FullWidth) : letter;
            folded.Append(Familiarise(char.ToLowerInvariant(narrow)));
        }

        return folded.ToString();
    }

    /// <summary>A name for a message, cut where it is too long, and <see cref="Visible(string)"/>.</summary>
    public static string Shown(string name) => Visible(name.Length <= MaxShown ? name : string.Concat(name.AsSpan(0, MaxShown - 3), "..."));

    /// <summary>The text with the code points of what is not visible ASCII, so that a look-alike can be told from its likeness.</summary>
    public static string Visible(string text) => text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? string.Concat(text.Select(Visible)) : text;

    private static char Familiarise(char letter)
    {
        foreach (var (strange, familiar) in s_letters)
        {
            if (strange.IndexOf(letter, StringComparison.Ordinal) is >= 0 and var index)
            {
                return familiar[index];
            }
        }

        return letter;
    }

    private static string Visible(char letter) =>
        letter is >= ' ' and <= '~' ? letter.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
}
