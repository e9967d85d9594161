namespace OrleansMcp.Server.Commands.Servers;

/// <summary>An operator's key, from a file or the environment: arguments of a program are seen by every user of the machine.</summary>
internal static class OperatorKey
{
    public const string Variable = "OMCP_OPERATOR_KEY";

    /// <exception cref="FormatException">There is none.</exception>
    public static string Read(string? file, string? variable)
    {
        var key = (file is null ? variable : ReadFile(file))?.Trim();
        return string.IsNullOrEmpty(key) ? throw new FormatException($"An operator's key is needed: in the file of --key-file, or in the environment variable {Variable}.")
            : key.AsSpan().ContainsAnyExceptInRange('!', '~') ? throw new FormatException("What should be an operator's key is none.")
            : key;
    }

    private static string ReadFile(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"--key-file: {e.Message}", e);
        }
    }
}
