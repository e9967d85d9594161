using OrleansMcp.Configuration.Upstreams;

namespace OrleansMcp.Upstreams;

/// <summary>Makes the connections of sessions to other servers.</summary>
internal interface IUpstreamConnector
{
    /// <summary>A connection of one session to one server. Nothing is sent before <see cref="IUpstreamConnection.OpenAsync"/>.</summary>
    /// <param name="server">The server.</param>
    /// <param name="session">The session.</param>
    IUpstreamConnection Connect(UpstreamConfiguration server, IUpstreamSession session);
}
