namespace OrleansMcp.Silo.Settings;

/// <summary>The settings cannot be used. Each error names its key and the environment variable that sets it.</summary>
internal sealed class SettingsException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>What the names of environment variables begin with.</summary>
    public const string Prefix = "ORLEANSMCP_";

    public IReadOnlyList<string> Errors { get; } = errors;

    /// <summary>One error in the words of all. <paramref name="what"/> must not repeat a value that may be secret.</summary>
    public static string Describe(string key, string what) =>
        $"{key}: {what} (environment variable {Prefix}{key.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant()})";
}
