using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using OrleansMcp.Hosting.Security;

namespace OrleansMcp.Cluster.Tests.Security;

/// <summary>Whose certificates a process of the cluster believes.</summary>
public sealed class TrustTests : IDisposable
{
    private readonly Authority _authority = new();
    private readonly Authority _other = new("Another authority");
    private readonly CertificateFiles _files;
    private readonly ClusterTls _tls;

    public TrustTests()
    {
        _files = new CertificateFiles(_authority.Issue(), _authority.Pem);
        _tls = new ClusterTls(_files.Settings);
    }

    [Fact]
    public void A_valid_certificate_of_the_authority_for_the_name_of_the_cluster_is_believed()
    {
        Assert.True(Trusts(_authority.Issue()));
        Assert.True(Trusts(_authority.Issue("ORLEANSMCP")));
    }

    [Fact]
    public void A_certificate_of_another_authority_is_not() => Assert.False(Trusts(_other.Issue()));

    [Fact]
    public void Nor_of_another_authority_that_calls_itself_the_same()
    {
        using var imitation = new Authority();
        Assert.False(Trusts(imitation.Issue()));
    }

    [Fact]
    public void Nor_one_that_nobody_vouches_for() => Assert.False(Trusts(Authority.SelfSigned()));

    [Fact]
    public void Nor_one_that_has_expired() => Assert.False(Trusts(_authority.Issue(from: -48, to: -1)));

    [Fact]
    public void Nor_one_that_is_not_valid_yet() => Assert.False(Trusts(_authority.Issue(from: 1, to: 48)));

    [Theory]
    [InlineData("example.com")]
    [InlineData("orleansmcp.example.com")]
    [InlineData("silo.orleansmcp")]
    [InlineData("*")]
    public void Nor_one_for_another_name(string name) => Assert.False(Trusts(_authority.Issue(name)));

    [Fact]
    public void While_the_authority_is_replaced_both_are_believed()
    {
        using var files = new CertificateFiles(_authority.Issue(), _other.Pem + "\n" + _authority.Pem);
        var tls = new ClusterTls(files.Settings);
        using var former = _authority.Issue();
        using var next = _other.Issue();
        Assert.True(tls.IsTrusted(former));
        Assert.True(tls.IsTrusted(next));
    }

    [Fact]
    public void A_strangers_certificate_does_not_choose_what_is_asked_of_the_network()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Assert.False(Trusts(_other.Issue(issuerAt: new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/ca.crt"))));
        Assert.False(listener.Pending());
    }

    public void Dispose()
    {
        _files.Dispose();
        _authority.Dispose();
        _other.Dispose();
    }

    private bool Trusts(X509Certificate2 certificate)
    {
        using (certificate)
        {
            return _tls.IsTrusted(certificate);
        }
    }
}
