using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Upstreams;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>What the sessions of a process share to use other servers; nothing of it holds anything of a session.</summary>
internal sealed class UpstreamServices(IUpstreamConnector connector, ToolPins pins, SharedDefinitions definitions, TimeProvider time, ILogger logger)
{
    /// <summary>How long the end of a session waits for servers to confirm the end of theirs.</summary>
    public static TimeSpan CloseTimeout { get; } = TimeSpan.FromSeconds(2);

    public TimeProvider Time => time;

    /// <summary>Makes the place of a server in a session. Nothing is sent before it is used.</summary>
    public SessionServer Open(UpstreamConfiguration server, HandlerEnvironment environment)
    {
        var record = environment.Record;
        var side = new UpstreamSide(server.Name, environment.Changes, environment.Requests, environment.Client, environment.Account, environment.Vault, time);
        var slot = new UpstreamSlot(server, connector, side, record.Name, time, logger);
        var watched = new WatchedResources(server.Name, record);
        var opened = new SessionServer(slot, watched, pins, definitions, record.Owner, time);
        slot.Opened = watched.TellAsync;
        side.ListChanged = opened.Forget;
        return opened;
    }
}
