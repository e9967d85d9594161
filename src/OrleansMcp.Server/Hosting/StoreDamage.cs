using OrleansMcp.Storage;

namespace OrleansMcp.Server.Hosting;

/// <summary>Stops the process when its whole store turns out to be damaged: nothing that it says from then on could be relied on.</summary>
internal sealed partial class StoreDamage(IHostApplicationLifetime lifetime, ILogger<StoreDamage> logger)
{
    /// <summary>What was found; null while nothing was.</summary>
    public StoreDamagedException? Found { get; private set; }

    public void Stop(StoreDamagedException damage)
    {
        Found = damage;
        LogStopping(logger, damage.Message);
        lifetime.StopApplication();
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "This process stops: {Damage}")]
    private static partial void LogStopping(ILogger logger, string damage);
}
