namespace OrleansMcp.Tests.Upstreams;

/// <summary>Which revisions of the protocol an upstream server speaks; it refuses those of the other era as the specification says.</summary>
public enum UpstreamEra
{
    /// <summary>Revisions up to 2025-11-25: <c>initialize</c>, and a session that the server gives an id.</summary>
    Sessions,

    /// <summary>2026-07-28: no sessions, metadata in every request.</summary>
    Sessionless,
}
