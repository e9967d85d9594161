using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansMcp.Storage;

namespace OrleansMcp.Grains.Tenants;

/// <summary>
/// The tenants of which stored data was found damaged. This process opens and activates no sessions of them and grants them nothing until
/// it is restarted, even if other data of theirs can be read. After a restart without a restore the damage is found again.
/// </summary>
internal sealed partial class StoppedTenants(ILogger<StoppedTenants> logger)
{
    // Bounded by the configured tenants.
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);

    public bool Contains(string tenant) => _problems.ContainsKey(tenant);

    public void Stop(string tenant, StoreDamagedException damage) => Stop(tenant, damage.Message, damage);

    /// <summary>Stops a tenant because of damage that another process found. Logged once for each tenant.</summary>
    public void Stop(string tenant, string problem, Exception? damage = null)
    {
        if (_problems.TryAdd(tenant, problem))
        {
            LogStopped(logger, damage, tenant, problem);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Tenant {Tenant} is STOPPED. {Problem}")]
    private static partial void LogStopped(ILogger logger, Exception? exception, string tenant, string problem);
}
