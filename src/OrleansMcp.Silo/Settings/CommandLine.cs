namespace OrleansMcp.Silo.Settings;

/// <summary>
/// The arguments as pairs: <c>--key value</c> or <c>--key=value</c>. Everything else is refused, where the framework's own reader passes over
/// it and starts a process that nobody asked for; and nothing of it is repeated, because it may be half of a secret.
/// </summary>
internal static class CommandLine
{
    private const string Mark = "--";

    public static IReadOnlyDictionary<string, string?> Read(IReadOnlyList<string> arguments, ICollection<string> errors)
    {
        var read = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < arguments.Count; i++)
        {
            if (KeyOf(arguments[i]) is not { } key)
            {
                errors.Add($"Argument {i + 1} is no setting: write --key value, or --key=value.");
            }
            else if (arguments[i].Length > Mark.Length + key.Length)
            {
                read[key] = arguments[i][(Mark.Length + key.Length + 1)..];
            }
            else if (i + 1 < arguments.Count && !arguments[i + 1].StartsWith(Mark, StringComparison.Ordinal))
            {
                read[key] = arguments[++i];
            }
            else
            {
                errors.Add(SettingsException.Describe(key, "is given without a value"));
            }
        }

        return read;
    }

    private static string? KeyOf(string argument)
    {
        if (!argument.StartsWith(Mark, StringComparison.Ordinal))
        {
            return null;
        }

        var end = argument.IndexOf('=', StringComparison.Ordinal);
        var key = end < 0 ? argument[Mark.Length..] : argument[Mark.Length..end];
        return key.Length > 0 && key.All(letter => char.IsAsciiLetter(letter) || letter == ':') ? key : null;
    }
}
