using Orleans.Runtime;
using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>The session that an activation publishes to the front end of its own process.</summary>
internal sealed class SessionActivation(Session session, GrainSessionStore store, IGrainContext context, TimeProvider time)
    : LocalActivation(context, time)
{
    /// <summary>The <see cref="DueSecond"/> of an activation that is on its way out of memory.</summary>
    public const long Left = -1;

    public Session Session => session;

    /// <summary>When <see cref="PassivationService"/> looks at it next, seconds since year 1. Its own, under its lock.</summary>
    public long DueSecond { get; set; }

    protected override long WrittenAt => store.WrittenAt;
}
