using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;

namespace OrleansMcp.Grains.Hosting;

/// <summary>
/// Where the silos of a cluster find grains: in Orleans' distributed directory, each silo holding a part. A look-up asks no storage, and
/// the loss of one silo leaves the activations of the others where they are.
/// </summary>
internal static class SessionGrainDirectory
{
    /// <summary>
    /// Orleans keeps the grains of a lost silo from being placed again for 30 s by default, in case that silo is only cut off and still
    /// serves them. Here an activation that was overtaken can acknowledge nothing: <see cref="Storage.GrainSessionStore"/> claims an epoch
    /// and holds an ETag. So the wait would protect nothing and cost every session of a lost silo half a minute.
    /// </summary>
    private static readonly TimeSpan s_rangeLease = TimeSpan.Zero;

    /// <summary>
    /// How many look-ups of grains on other silos a silo remembers. Room for all of them is taken at the start, twice: with the default of a
    /// million, 18 MB. What is forgotten is looked up again.
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
