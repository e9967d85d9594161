namespace OrleansMcp.Configuration;

/// <summary>When a client's behaviour becomes conspicuous. Counted per process: in a cluster each gateway and each silo counts what it sees.</summary>
public sealed record SignalConfiguration
{
    /// <summary>
    /// Attempts on what is not its own that a client may make in a minute before it is throttled; 0: the first one is one too many. Default 30.
    /// </summary>
    public int AttemptsPerMinute { get; init; } = 30;

    /// <summary>Denied requests of a client within <see cref="DenialWindow"/> above which it is reported as probing. Default 20.</summary>
    public int Denials { get; init; } = 20;

    /// <summary>The time over which denials are counted. Default 5 min.</summary>
    public TimeSpan DenialWindow { get; init; } = TimeSpan.FromMinutes(5);
}
