using System.Collections.Concurrent;
using OrleansMcp.Configuration;

namespace OrleansMcp.Tests.Cluster;

/// <summary>
/// Silos that wait for their next test. Starting them takes longer than most tests do, so a test takes those that another one has left,
/// emptied, and leaves them the same way; there are as many as tests run at a time.
/// </summary>
internal sealed class Pool<T>(Func<ServerConfiguration, Task<T>> start) where T : class, IReusable
{
    private readonly ConcurrentBag<T> _idle = [];

    public async Task<T> TakeAsync(ServerConfiguration configuration)
    {
        if (!_idle.TryTake(out var silos))
        {
            return await start(configuration);
        }

        silos.Configure(configuration);
        return silos;
    }

    /// <summary>What cannot be emptied is not used again, and it is its last test that fails.</summary>
    public async ValueTask GiveBackAsync(T silos)
    {
        try
        {
            await silos.ClearAsync();
        }
        catch
        {
            await silos.DisposeAsync();
            throw;
        }

        _idle.Add(silos);
    }

    public async Task StopAsync()
    {
        while (_idle.TryTake(out var silos))
        {
            await silos.DisposeAsync();
        }
    }
}
