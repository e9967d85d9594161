using System.Buffers;
using System.Globalization;
using System.Text;

namespace OrleansMcp.Protocol.Keys;

/// <summary>
/// Whether a text is in Unicode normal form C beyond doubt. The runtime cannot be asked: servers run with invariant globalisation, under
/// which it takes every text for normal.
/// </summary>
internal static class Composition
{
    // The characters whose property NFC_Quick_Check is not Yes (Unicode Standard Annex 15, section 9), as ranges of hexadecimal code points.
    private const string NotCertain = """
        300-304 306-30C 30F 311 313-314 31B 323-328 32D-32E 330-331 338 340-345 374 37E 387 653-655 93C 958-95F 9BE 9D7 9DC-9DD 9DF A33 A36
        A59-A5B A5E B3E B56-B57 B5C-B5D BBE BD7 C56 CC2 CD5-CD6 D3E D57 DCA DCF DDF F43 F4D F52 F57 F5C F69 F73 F75-F76 F78 F81 F93 F9D FA2
        FA7 FAC FB9 102E 1161-1175 11A8-11C2 1B35 1F71 1F73 1F75 1F77 1F79 1F7B 1F7D 1FBB 1FBE 1FC9 1FCB 1FD3 1FDB 1FE3 1FEB 1FEE-1FEF 1FF9
        1FFB 1FFD 2000-2001 2126 212A-212B 2329-232A 2ADC 3099-309A F900-FA0D FA10 FA12 FA15-FA1E FA20 FA22 FA25-FA26 FA2A-FA6D FA70-FAD9
        FB1D FB1F FB2A-FB36 FB38-FB3C FB3E FB40-FB41 FB43-FB44 FB46-FB4E 110BA 11127 1133E 11357 114B0 114BA 114BD 115AF 11930 1D15E-1D164
        1D1BB-1D1C0 2F800-2FA1D
        """;

    // The Kelvin sign, the Greek question mark and the Greek oxia, of which the normal forms are K, ; and `; and the long s, which readers without
    // regard to case take for s (Unicode case folding).
    private static readonly SearchValues<char> s_disguised = SearchValues.Create("\u212A\u037E\u1FEF\u017F");

    private static readonly (int First, int Last)[] s_notCertain =
        [.. NotCertain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Range)];

    /// <summary>
    /// Whether no other text can have the same normal form. Two marks in succession are doubtful too: their order may be the only
    /// difference.
    /// </summary>
    public static bool IsCertain(string text)
    {
        var mark = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var wasMark = mark;
            mark = Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
            if ((mark && wasMark) || Contains(rune.Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the text could be taken for ASCII, although it is not.</summary>
    public static bool IsAsciiInDisguise(string text) => text.AsSpan().ContainsAny(s_disguised);

    private static bool Contains(int character)
    {
        var (low, high) = (0, s_notCertain.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var (first, last) = s_notCertain[middle];
            if (character >= first && character <= last)
            {
                return true;
            }

            (low, high) = character < first ? (low, middle - 1) : (middle + 1, high);
        }

        return false;
    }

    private static (int First, int Last) Range(string text)
    {
        var ends = text.Split('-');
        return (Parse(ends[0]), Parse(ends[^1]));
    }

    private static int Parse(string hexadecimal) => int.Parse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
