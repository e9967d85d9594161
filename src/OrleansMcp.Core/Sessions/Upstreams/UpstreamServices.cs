using Microsoft.Extensions.Logging;
using OrleansMcp.Upstreams;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>What the sessions of a process share to use other servers; nothing of it holds anything of a session.</summary>
internal sealed record UpstreamServices(IUpstreamConnector Connector, ToolPins Pins, SharedDefinitions Definitions, TimeProvider Time, ILogger Logger)
{
    /// <summary>How long the end of a session waits for servers to confirm the end of theirs.</summary>
    public static TimeSpan CloseTimeout { get; } = TimeSpan.FromSeconds(2);
}
