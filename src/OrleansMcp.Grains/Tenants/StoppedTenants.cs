using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansMcp.Storage;

namespace OrleansMcp.Grains.Tenants;

/// <summary>
/// The tenants of which something in the store was found damaged. This process opens, activates and grants nothing of them, whatever else of
/// theirs can be read, until it starts again: by then the store was brought back, or the damage is found again.
/// </summary>
internal sealed partial class StoppedTenants(ILogger<StoppedTenants> logger)
{
    // Bounded: tenants are configured.
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);

    public bool Contains(string tenant) => _problems.ContainsKey(tenant);

    public void Stop(string tenant, StoreDamagedException damage) => Stop(tenant, damage.Message, damage);

    /// <summary>Stops a tenant because of what another process found. Said once for each tenant.</summary>
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
