using System.Globalization;
using System.Text;

namespace OrleansMcp.Storage.AzureTables.Tables;

/// <summary>
/// Names as keys of a table, which refuses some characters in them (Table service data model: slash, backslash, number sign, question
/// mark, control characters; a percent sign is taken and breaks some requests). Names of other characters stay as they are, no two names
/// become the same key, and every name can be read back.
/// </summary>
internal static class TableKey
{
    private const char Mark = '!';
    private const int Digits = 4;

    public static string Of(string name) => name.Any(IsRefused) ? Escape(name) : name;

    public static string Name(string key) => key.Contains(Mark, StringComparison.Ordinal) ? Unescape(key) : key;

    private static bool IsRefused(char letter) => letter is '/' or '\\' or '#' or '?' or '%' or Mark || char.IsControl(letter);

    private static string Escape(string name)
    {
        var key = new StringBuilder(name.Length + Digits);
        foreach (var letter in name)
        {
            if (IsRefused(letter))
            {
                key.Append(Mark).Append(((int)letter).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                key.Append(letter);
            }
        }

        return key.ToString();
    }

    private static string Unescape(string key)
    {
        var name = new StringBuilder(key.Length);
        for (var i = 0; i < key.Length; i++)
        {
            if (key[i] == Mark)
            {
                name.Append((char)ushort.Parse(key.AsSpan(i + 1, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += Digits;
            }
            else
            {
                name.Append(key[i]);
            }
        }

        return name.ToString();
    }
}
