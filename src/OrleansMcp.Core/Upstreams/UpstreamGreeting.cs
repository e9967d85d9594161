using ModelContextProtocol.Protocol;

namespace OrleansMcp.Upstreams;

/// <summary>What a server said when its connection was opened.</summary>
/// <param name="ProtocolVersion">The revision that is spoken.</param>
/// <param name="Capabilities">What it can do.</param>
internal sealed record UpstreamGreeting(string ProtocolVersion, ServerCapabilities Capabilities);
