namespace OrleansMcp.Hosting;

/// <summary>Something that ends the process: what it said from then on could not be relied on.</summary>
internal sealed partial class ProcessFault(IHostApplicationLifetime lifetime, ILogger<ProcessFault> logger)
{
    /// <summary>What it is; null while there is nothing.</summary>
    public string? Reason { get; private set; }

    /// <summary>A process that is being stopped for this reason ends with it as an error.</summary>
    public void Note(string reason) => Reason = reason;

    /// <summary>Stops the process for this reason.</summary>
    public void Stop(string reason)
    {
        Note(reason);
        LogStopping(logger, reason);
        lifetime.StopApplication();
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "This process stops: {Reason}")]
    private static partial void LogStopping(ILogger logger, string reason);
}
