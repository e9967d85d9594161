using OrleansMcp.Configuration;

namespace OrleansMcp.Tests.Cluster;

/// <summary>Silos that serve one test after the other.</summary>
internal interface IReusable : IAsyncDisposable
{
    /// <summary>Puts what the next test wants in force.</summary>
    void Configure(ServerConfiguration configuration);

    /// <summary>Stands after this as if it had just started, on no state.</summary>
    Task ClearAsync();
}
