namespace OrleansMcp.Hosting.Settings;

/// <summary>The settings cannot be used. Each error names its setting and the environment variable that sets it.</summary>
public sealed class SettingsException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>What is wrong, one sentence each.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
