using System.Collections.Concurrent;
using OrleansMcp.Records.Log;

namespace OrleansMcp.Upstreams.Pins;

/// <summary>The pins of a tenant, for one actor: those of each server when a session first uses it.</summary>
internal sealed class TenantPins(IRecordStore store, string tenant, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ServerPins> _servers = new(StringComparer.Ordinal); // bounded by the configured servers

    public ServerPins Of(string server) => _servers.GetOrAdd(server, static (server, pins) => new ServerPins(pins.Store, pins.Tenant, server, pins.Time), (Store: store, Tenant: tenant, Time: time));

    public async ValueTask CloseAsync()
    {
        foreach (var server in _servers.Values)
        {
            await server.CloseAsync();
        }
    }
}
