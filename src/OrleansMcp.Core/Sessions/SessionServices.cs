using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Cutoffs;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Signals;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>What all <see cref="Session"/> instances of a process share.</summary>
internal sealed record SessionServices(
    Catalogue Catalogue, IConfigurationSource Configuration, ISignals Signals, SessionMetrics Metrics, LiveSessions Live, CutoffTable Cutoffs,
    ListChangeAudience Audience, TimeProvider Time, ILogger Logger)
{
    /// <summary>A session is live in memory. Changes of the configuration reach it from now on.</summary>
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
