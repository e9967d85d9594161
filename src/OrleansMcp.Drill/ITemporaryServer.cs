namespace OrleansMcp.Drill;

/// <summary>A server that serves for one drill. Disposing it stops it and deletes its data.</summary>
public interface ITemporaryServer : IAsyncDisposable
{
    /// <summary>Where it listens, without <c>/mcp</c>.</summary>
    Uri Url { get; }
}

/// <summary>Starts a server on a free port of the loopback address. The program passes it, for the drill references no server.</summary>
/// <param name="configuration">The server's configuration file, YAML.</param>
/// <param name="cancellationToken">Gives up the start.</param>
/// <returns>The server, once it listens.</returns>
public delegate Task<ITemporaryServer> StartServer(string configuration, CancellationToken cancellationToken);
