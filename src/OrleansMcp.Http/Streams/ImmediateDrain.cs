using Microsoft.Extensions.Hosting;
using OrleansMcp.Hosting;

namespace OrleansMcp.Http.Streams;

/// <summary>Ends all streams and calls as soon as the process stops, for a process without a drain of its own.</summary>
internal sealed class ImmediateDrain(IHostApplicationLifetime lifetime) : IDrain
{
    public CancellationToken Listeners => lifetime.ApplicationStopping;

    public CancellationToken Calls => lifetime.ApplicationStopping;
}
