namespace OrleansMcp.Hosting;

/// <summary>The steps in which a stopping process ends requests. Neither token is cancelled before the process is told to stop.</summary>
public interface IDrain
{
    /// <summary>Cancelled when streams that answer no request are closed, so that their clients reconnect elsewhere.</summary>
    CancellationToken Listeners { get; }

    /// <summary>Cancelled when running calls are given up: code that waits for one answers with an error.</summary>
    CancellationToken Calls { get; }
}
