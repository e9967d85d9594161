using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;

namespace OrleansMcp.Grains.Hosting;

/// <summary>
/// Uses Orleans' distributed grain directory, of which each silo holds a part. A look-up reads no storage, and the loss of a silo does not
/// deactivate grains on the others.
/// </summary>
internal static class SessionGrainDirectory
{
    /// <summary>
    /// Orleans keeps the grains of a lost silo from being placed again for 30 s by default, in case that silo is only cut off and still
    /// serves them. Here such an activation cannot write: another one has raised the epoch in <see cref="Storage.GrainSessionStore"/> and
    /// changed its ETag. So the wait would protect nothing and delay every session of a lost silo by half a minute.
    /// </summary>
    private static readonly TimeSpan s_rangeLease = TimeSpan.Zero;

    /// <summary>
    /// How many look-ups of grains on other silos a silo caches. Orleans allocates the capacity at the start, twice: 18 MB with the default
    /// of a million. An evicted entry is looked up again.
    /// </summary>
    private const int CacheSize = 20_000;

    public static ISiloBuilder UseSessionGrainDirectory(this ISiloBuilder silo)
    {
#pragma warning disable ORLEANSEXP003 // The directory is linearisable among active silos; the one that is not experimental loses healthy activations with each silo.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        silo.Services.Configure<GrainDirectoryOptions>(static options => (options.RangeLeaseDuration, options.CacheSize) = (s_rangeLease, CacheSize));
        return silo;
    }
}
