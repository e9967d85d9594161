using Microsoft.Extensions.Hosting;

namespace OrleansMcp.Memory;

/// <summary>
/// Gives memory back to the system after a time in which much was held. The collector alone keeps what it once needed until it is needed again,
/// which on a quiet process is never; the container's other processes, and its limit, see it as used.
/// </summary>
/// <param name="memory">Says how much was held.</param>
/// <param name="time">The clock.</param>
internal sealed class HeapTrimmer(HeldMemory memory, TimeProvider time) : BackgroundService
{
    private const long WorthIt = 16 * 1024 * 1024;
    private const int Share = 4;

    // Kestrel's pool lets go of its blocks by and by.
    private const int Passes = 4;
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(10);

    // To compact a heap stops the process for as long as it takes to move what lives. Of a large heap the garbage of some requests is a small part.
    private const long MostToMove = 256 * 1024 * 1024;

    private long _peak;
    private int _passes;

    /// <summary>How often the heap was trimmed.</summary>
    internal int Trims { get; private set; }

    /// <summary>
    /// When much was held and is not any more: collects in the background, and the next times, when it is known what lives, compacts that.
    /// </summary>
    internal void Look()
    {
        if (_passes > 0)
        {
            _passes--;
            Compact();
        }

        _peak = Math.Max(_peak, memory.TakePeak());
        if (_peak >= WorthIt && memory.Held <= _peak / Share)
        {
            _peak = 0;
            _passes = Passes;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }
    }

    private void Compact()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) < MostToMove)
        {
            Trims++;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_look, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            Look();
        }
    }
}
