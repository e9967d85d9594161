namespace OrleansMcp.Tests.Certificates;

/// <summary>The servers of a class, one for each way to be configured. For tests that leave the clock, the file and the counters of signals alone.</summary>
public sealed class CertificateServers : IAsyncLifetime
{
    private readonly Dictionary<(string Mode, string? Alice), CertificateServer> _started = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _started.Values)
        {
            await server.DisposeAsync();
        }
    }

    /// <param name="mode">Of client certificates.</param>
    /// <param name="alice">How her certificates are known, as YAML; null for her usual subject.</param>
    internal async Task<CertificateServer> GetAsync(string mode, string? alice = null)
    {
        if (!_started.TryGetValue((mode, alice), out var server))
        {
            server = alice is null ? await CertificateServer.StartAsync(mode) : await CertificateServer.StartAsync(mode, alice);
            _started.Add((mode, alice), server);
        }

        return server;
    }
}
