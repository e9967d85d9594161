using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Signals;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>What the lives of all sessions of a process share: the clock, the configuration, and who is told of a session.</summary>
internal sealed record SessionServices(
    Catalogue Catalogue, IConfigurationSource Configuration, ISignals Signals, SessionMetrics Metrics, LiveSessions Live,
    ListChangeAudience Audience, TimeProvider Time, ILogger Logger)
{
    /// <summary>A session has come into memory: a change of the configuration reaches it from now on.</summary>
    public void Activated(SessionParts parts)
    {
        Metrics.Activated();
        Live.Enter(parts.Revocation);
    }

    /// <summary>A session has left memory.</summary>
    public void Deactivated(SessionParts parts)
    {
        Live.Leave(parts.Revocation);
        Metrics.Deactivated();
    }
}
