namespace OrleansMcp.Server.Settings;

/// <summary>The settings cannot be used. Each error names its setting and the environment variable that sets it.</summary>
internal sealed class SettingsException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
