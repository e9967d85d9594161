using System.Globalization;
using System.Text.Json;
using OrleansMcp.Configuration.Names;

namespace OrleansMcp.Server.Commands.Servers;

/// <summary>
/// A definition as lines of visible ASCII that can be compared: a line for each value, with its place, and several for a long text. Definitions that differ in
/// anything have other lines.
/// </summary>
internal static class DefinitionLines
{
    private const int Widest = 100;

    public static IReadOnlyList<string> Of(ServerDefinition definition)
    {
        List<string> lines = [];
        try
        {
            using var parsed = JsonDocument.Parse(definition.Definition);
            Add(lines, "", parsed.RootElement);
        }
        catch (JsonException)
        {
            AddText(lines, "(beginning)", definition.Definition); // It is cut.
        }

        return lines;
    }

    private static void Add(List<string> lines, string place, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().Any():
                foreach (var member in value.EnumerateObject().OrderBy(static member => member.Name, StringComparer.Ordinal))
                {
                    Add(lines, Inner(place, member.Name), member.Value);
                }

                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Add(lines, string.Create(CultureInfo.InvariantCulture, $"{place}[{index++}]"), item);
                }

                break;
            case JsonValueKind.String:
                AddText(lines, place, value.GetString()!);
                break;
            default:
                lines.Add($"{place}: {LookAlike.Visible(value.GetRawText())}"); // Also {} and [].
                break;
        }
    }

    private static string Inner(string place, string name) =>
        name.Length > 0 && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '$')
            ? place.Length == 0 ? name : $"{place}.{name}"
            : $"{place}[\"{Escape(name)}\"]";

    private static void AddText(List<string> lines, string place, string text)
    {
        var rest = text.AsSpan();
        do
        {
            var length = LengthOfLine(rest);
            lines.Add($"{place}: \"{Escape(rest[..length].ToString())}\"");
            rest = rest[length..];
        }
        while (rest.Length > 0);
    }

    /// <summary>Up to the end of a line or of a word, so that a change shows in few lines.</summary>
    private static int LengthOfLine(ReadOnlySpan<char> text)
    {
        var end = text.IndexOf('\n') is >= 0 and var found ? found + 1 : text.Length;
        return end <= Widest ? end
            : text[..Widest].LastIndexOf(' ') is > 0 and var space ? space + 1
            : Widest;
    }

    /// <summary>What is escaped can be told from what looks so.</summary>
    private static string Escape(string text) => LookAlike.Visible(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal));
}
