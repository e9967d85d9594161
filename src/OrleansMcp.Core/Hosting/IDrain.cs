namespace OrleansMcp.Hosting;

/// <summary>The steps in which a process that stops lets go of those it serves. Neither comes before the process is told to stop.</summary>
public interface IDrain
{
    /// <summary>Cancelled when clients that only listen shall go elsewhere. Nothing is owed to them.</summary>
    CancellationToken Listeners { get; }

    /// <summary>Cancelled when calls that still run are given up: what waits for one here says so and ends.</summary>
    CancellationToken Calls { get; }
}
