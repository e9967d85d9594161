using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Certificates;

/// <summary>A server that reads certificates of an authority of its own from a file, as a platform team writes it.</summary>
internal sealed class CertificateServer : IAsyncDisposable
{
    private readonly ScratchFolder _folder = new();

    private CertificateServer()
    {
    }

    public TestAuthority Authority { get; } = new();

    public FakeTimeProvider Time { get; } = new(TestAuthority.Begin.AddYears(1));

    public TestServer Server { get; private set; } = null!;

    public string ConfigFile => Path.Combine(_folder.Path, "server.yaml");

    /// <param name="mode">Of client certificates.</param>
    /// <param name="alice">How her certificates are known, as YAML.</param>
    public static async Task<CertificateServer> StartAsync(string mode, string alice = "{ subject: \"CN=alice, O=Example\" }")
    {
        var started = new CertificateServer();
        await File.WriteAllTextAsync(Path.Combine(started._folder.Path, "ca.pem"), started.Authority.Pem);
        await File.WriteAllTextAsync(started.ConfigFile, Yaml(mode, alice));
        started.Server = await TestServer.StartAsync(new TestServerOptions { ConfigFile = started.ConfigFile, Time = started.Time });
        return started;
    }

    /// <summary>Sends these headers of certificates, and this key.</summary>
    public RawClient Client(string? key, params string[] certificates) => new(Server.Url, key) { Certificates = certificates };

    /// <summary>The status of opening a session.</summary>
    public async Task<int> OpeningAsync(string? key, params string[] certificates)
    {
        using var client = Client(key, certificates);
        return (int)(await client.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Status;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Authority.Dispose();
        _folder.Dispose();
    }

    public static string Yaml(string mode, string alice) => $$"""
        clientCertificates: { mode: {{mode}}, authorities: [ca.pem] }
        signals: { attemptsPerMinute: 1000 }
        tenants:
          acme:
            clients:
              alice: { keys: [{ sha256: {{HashOf(TestConfiguration.Alice)}} }], permissions: ["tool:*"], certificates: [{{alice}}] }
              bob: { keys: [{ sha256: {{HashOf(TestConfiguration.Bob)}} }], permissions: ["tool:*"], certificates: [{ subject: "CN=bob, O=Example" }] }
          globex:
            clients:
              carol: { keys: [{ sha256: {{HashOf(TestConfiguration.Carol)}} }], permissions: ["tool:*"], certificates: [{ dns: carol.example.com }, { uri: "spiffe://example.com/carol" }] }
        """;

    private static string HashOf(string key) => Convert.ToHexStringLower(ApiKey.Hash(key));
}
