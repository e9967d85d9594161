using System.Security.Cryptography.X509Certificates;
using OrleansMcp.Cluster.Tests.Processes;

namespace OrleansMcp.Cluster.Tests.Security;

/// <summary>
/// Silos and a gateway, processes all, that speak mutual TLS; for the tests of a class. They are patient with each other: a silo that a busy
/// machine keeps waiting must not be evicted, and then refuse connections for that reason.
/// </summary>
public sealed class TlsCluster : IAsyncLifetime
{
    private CertificateFiles _files = null!;

    internal Authority Authority { get; } = new();

    internal ProcessCluster Cluster { get; private set; } = null!; // until it has started

    public async ValueTask InitializeAsync()
    {
        _files = new CertificateFiles(Authority.Issue(), Authority.Pem);
        Cluster = await ProcessCluster.StartAsync(silos: 2, gateways: 1, [.. _files.Arguments, "--probe", "3"]);
    }

    public async ValueTask DisposeAsync()
    {
        if (Cluster is not null)
        {
            await Cluster.DisposeAsync();
        }

        _files.Dispose();
        Authority.Dispose();
    }
}
