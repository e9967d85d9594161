using System.Text.RegularExpressions;
using OrleansMcp.Authorization.Policies.Conditions;
using OrleansMcp.Configuration;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Authorization.Policies.Reading;

/// <summary>
/// Reads the values that policies compare with. A plain YAML scalar that readers of YAML take for different values (010, 0x10, 1_000,
/// 2026-07-28) is refused: it is quoted, or written as a decimal.
/// </summary>
internal sealed partial class OperandReader(YamlErrors errors)
{
    public Operand? Single(YamlSection section, string key)
    {
        if (section.Any(key) is { } node)
        {
            return Of(node, section.PathOf(key));
        }

        errors.Add(section.Node, section.PathOf(key), $"a condition needs the key '{key}'.");
        return null;
    }

    public Operand[]? List(YamlSection section, string key)
    {
        if (section.Any(key) is not YamlSequenceNode sequence)
        {
            errors.Add(section.Any(key) ?? section.Node, section.PathOf(key), "must be a list of values.");
            return null;
        }

        Operand[] operands = [.. sequence.Children.Select(node => Of(node, section.PathOf(key))).OfType<Operand>()];
        return operands.Length == sequence.Children.Count ? operands : null;
    }

    private Operand? Of(YamlNode node, string path)
    {
        if (node is not YamlScalarNode scalar)
        {
            errors.Add(node, path, "must be a single value: a text, a number, true, false or null.");
            return null;
        }

        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
        {
            return Operand.Text(text);
        }

        if (text is "" or "~" or "null" or "Null" or "NULL")
        {
            return Operand.Null;
        }

        if (text is "true" or "True" or "TRUE")
        {
            return Operand.True;
        }

        if (text is "false" or "False" or "FALSE")
        {
            return Operand.False;
        }

        if (Number().IsMatch(text) && Operand.Number(Json(text)) is { } number)
        {
            return number;
        }

        if (NumberOfSomeKind().IsMatch(text))
        {
            errors.Add(node, path, $"{text} can be read in more than one way: write a decimal number, or quote the text.");
            return null;
        }

        if (Date().IsMatch(text))
        {
            errors.Add(node, path, $"{text} is a date to some readers of YAML, and no text: quote it.");
            return null;
        }

        return Operand.Text(text);
    }

    /// <summary>YAML also allows a leading plus and a point at either end.</summary>
    private static string Json(string number)
    {
        var text = number.TrimStart('+');
        var sign = text.StartsWith('-') ? "-" : "";
        text = text[sign.Length..];
        text = text.StartsWith('.') ? "0" + text : text;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return sign + (point >= 0 && (point + 1 == text.Length || !char.IsAsciiDigit(text[point + 1])) ? text.Remove(point, 1) : text);
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"^[-+]?(\.?[0-9][0-9_.]*([eE][-+]?[0-9]+)?|0[xob][0-9a-fA-F_]+|\.(inf|Inf|INF|nan|NaN|NAN))\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NumberOfSomeKind();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Date();
}
