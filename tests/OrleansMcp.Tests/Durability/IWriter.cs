namespace OrleansMcp.Tests.Durability;

/// <summary>A session that writes while its server is killed.</summary>
internal interface IWriter : IDisposable
{
    /// <summary>Writes that were acknowledged to it.</summary>
    long Acknowledged { get; }

    /// <summary>Writes without pause, whatever becomes of the server.</summary>
    Task RunAsync(CancellationToken stopping);

    /// <summary>Fails when something that was acknowledged is gone, or was never sent.</summary>
    Task CheckAsync();
}
