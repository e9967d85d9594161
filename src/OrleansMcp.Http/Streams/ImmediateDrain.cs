using Microsoft.Extensions.Hosting;
using OrleansMcp.Hosting;

namespace OrleansMcp.Http.Streams;

/// <summary>A process that lets go of its streams as soon as it stops. Its clients come back after its restart.</summary>
internal sealed class ImmediateDrain(IHostApplicationLifetime lifetime) : IDrain
{
    public CancellationToken Listeners => lifetime.ApplicationStopping;

    public CancellationToken Calls => lifetime.ApplicationStopping;
}
