using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using OrleansMcp.Cluster.Tests.Processes;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Security;

/// <summary>A cluster with mutual TLS serves its own and nobody else.</summary>
public sealed class ClusterTlsTests(TlsCluster shared) : IClassFixture<TlsCluster>
{
    private readonly Authority _other = new("Another authority");

    [Fact]
    public async Task Sessions_on_all_silos_are_served_through_the_gateway()
    {
        // With 16 sessions placed at random, both silos have some: 1 in 32768 that one has none.
        var sessions = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => OpenAsync()));
        foreach (var session in sessions)
        {
            Assert.Equal(1, await session.IncrementAsync());
            session.Dispose();
        }
    }

    [Fact]
    public async Task A_peer_with_a_certificate_of_the_cluster_is_let_in()
    {
        using var certificate = shared.Authority.Issue();
        await ExpectEverywhereAsync(true, port => Intruder.IsLetInAsync(port, certificate));
    }

    [Fact]
    public Task One_of_another_authority_is_not() => ExpectRefusedAsync(_other.Issue());

    [Fact]
    public Task Nor_one_that_signed_for_itself() => ExpectRefusedAsync(Authority.SelfSigned());

    [Fact]
    public Task Nor_one_whose_certificate_has_expired() => ExpectRefusedAsync(shared.Authority.Issue(from: -48, to: -1));

    [Fact]
    public Task Nor_one_of_another_name() => ExpectRefusedAsync(shared.Authority.Issue("example.com"));

    [Fact]
    public Task Nor_one_without_a_certificate() => ExpectRefusedAsync(certificate: null);

    [Fact]
    public Task Nor_one_that_speaks_plainly() =>
        ExpectRefusedAsync(port => Intruder.IsLetInPlainAsync(port, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: silo\r\n\r\n")));

    [Fact]
    public async Task A_gateway_of_another_authority_one_that_is_not_believed_and_one_without_TLS_never_serve_and_the_cluster_goes_on()
    {
        using var foreign = new CertificateFiles(_other.Issue(), _other.Pem);
        using var unbelieved = new CertificateFiles(_other.Issue(), _other.Pem + "\n" + shared.Authority.Pem);
        await Task.WhenAll(
            ExpectNeverReadyAsync(shared.Cluster.NewGateway(foreign.Arguments), triesAloud: false),
            ExpectNeverReadyAsync(shared.Cluster.NewGateway(unbelieved.Arguments)),
            ExpectNeverReadyAsync(shared.Cluster.NewGateway()));
    }

    [Fact]
    public async Task A_gateway_that_is_started_later_with_a_certificate_of_its_own_serves_the_same_sessions()
    {
        using var files = new CertificateFiles(shared.Authority.Issue(), shared.Authority.Pem);
        await using var gateway = shared.Cluster.NewGateway(files.Arguments);
        await gateway.StartAsync();
        using var session = await OpenAsync();
        Assert.Equal(1, await session.IncrementAsync());
        session.Url = gateway.Url;
        Assert.Equal(2, await session.IncrementAsync());
    }

    private Task<RawClient> OpenAsync() => new RawClient(shared.Cluster.Gateways[0].Url, TestConfiguration.Alice).OpenAsync();

    private async Task ExpectRefusedAsync(X509Certificate2? certificate)
    {
        using (certificate)
        {
            await ExpectRefusedAsync(port => Intruder.IsLetInAsync(port, certificate));
        }
    }

    private async Task ExpectRefusedAsync(Func<int, Task<bool>> enter)
    {
        using var session = await OpenAsync();
        await ExpectEverywhereAsync(false, enter);
        Assert.Equal(1, await session.IncrementAsync());
    }

    private async Task ExpectEverywhereAsync(bool isLetIn, Func<int, Task<bool>> enter)
    {
        var ports = shared.Cluster.Silos.SelectMany(silo => new[] { silo.SiloPort, silo.GatewayPort });
        Assert.All(await Task.WhenAll(ports.Select(enter)), entered => Assert.Equal(isLetIn, entered));
    }

    /// <summary>Longer than the gateways of this cluster take to start, several times, the cluster serves and the stranger does not.</summary>
    private async Task ExpectNeverReadyAsync(ClusterNode gateway, bool triesAloud = true)
    {
        using var session = await OpenAsync();
        await using (gateway)
        {
            gateway.Launch();
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            var until = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(15);
            var count = 0;
            await Eventually.Holds(
                async () =>
                {
                    Assert.Equal(++count, await session.IncrementAsync());
                    Assert.False(gateway.Process.HasExited, gateway.Process.Output);
                    Assert.NotEqual(HttpStatusCode.OK, await StatusAsync(http, new Uri(gateway.Url, "/readyz")));
                    await Task.Delay(250);
                    return TimeProvider.System.GetUtcNow() >= until
                        && (!triesAloud || gateway.Process.Output.Contains("Connection attempt to endpoint", StringComparison.Ordinal));
                },
                "a stranger tried, and time enough passed");
        }
    }

    private static async Task<HttpStatusCode?> StatusAsync(HttpClient http, Uri url)
    {
        try
        {
            return (await http.GetAsync(url)).StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }
}
