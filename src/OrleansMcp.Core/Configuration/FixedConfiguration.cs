namespace OrleansMcp.Configuration;

/// <summary>A configuration that stays as it is.</summary>
public sealed class FixedConfiguration(ServerConfiguration configuration) : IConfigurationSource
{
    /// <inheritdoc/>
    public ServerConfiguration Current { get; } = configuration;

    /// <summary>Never raised.</summary>
    event Action? IConfigurationSource.Changed
    {
        add { }
        remove { }
    }
}
