namespace OrleansMcp.Configuration;

/// <summary>One mistake in a configuration file, certain or likely.</summary>
/// <param name="File">The file's name as it was given.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Key">The path of keys, <c>tenants.acme.clients.alice.quotas.sessions</c>; empty for the file as a whole.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record ConfigurationError(string File, long Line, string Key, string Message)
{
    /// <summary><c>FILE:LINE: key: message</c>.</summary>
    public override string ToString() => Key.Length == 0 ? $"{File}:{Line}: {Message}" : $"{File}:{Line}: {Key}: {Message}";
}

/// <summary>A configuration that cannot be used, with everything that is wrong with it.</summary>
/// <param name="errors">All mistakes found, in the order of the file.</param>
/// <param name="warnings">What is doubtful besides.</param>
public sealed class ConfigurationException(IReadOnlyList<ConfigurationError> errors, IReadOnlyList<ConfigurationError>? warnings = null)
    : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>All mistakes found, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationError> Errors { get; } = errors;

    /// <summary>What is probably a mistake besides, but could be meant (<see cref="ServerConfiguration.Warnings"/>).</summary>
    public IReadOnlyList<ConfigurationError> Warnings { get; } = warnings ?? [];
}
