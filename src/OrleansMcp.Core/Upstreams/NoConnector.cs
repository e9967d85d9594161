using OrleansMcp.Configuration.Upstreams;

namespace OrleansMcp.Upstreams;

/// <summary>Stands where a host has no connections to other servers: each says that it cannot be used.</summary>
internal sealed class NoConnector : IUpstreamConnector
{
    public IUpstreamConnection Connect(UpstreamConfiguration server, IUpstreamSession session) =>
        throw new UpstreamException(server.Name, UpstreamFault.Unavailable, "cannot be used: this host connects to no other servers.");
}
