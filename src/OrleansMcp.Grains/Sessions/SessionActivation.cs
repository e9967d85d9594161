using Orleans.Runtime;
using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>A session activation that the front end of its own process may call directly.</summary>
internal sealed class SessionActivation(Session session, GrainSessionStore store, IGrainContext context, TimeProvider time)
    : LocalActivation(context, time)
{
    /// <summary>The <see cref="DueSecond"/> of an activation that is being deactivated.</summary>
    public const long Left = -1;

    public Session Session => session;

    /// <summary>When <see cref="PassivationService"/> checks the session next, seconds since year 1. The lock of the service guards it.</summary>
    public long DueSecond { get; set; }

    protected override long WrittenAt => store.WrittenAt;
}
