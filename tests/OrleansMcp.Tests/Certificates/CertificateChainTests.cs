using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Certificates;

/// <summary>A certificate counts when its chain ends at an authority of the configuration, and is judged without asking another server.</summary>
public sealed class CertificateChainTests(CertificateServers servers) : IClassFixture<CertificateServers>
{
    private const int Ok = 200, Unknown = 401;

    [Theory]
    [InlineData("good", Ok)]
    [InlineData("self-signed", Unknown)]
    [InlineData("another authority", Unknown)]
    [InlineData("an authority of the same name", Unknown)]
    [InlineData("expired", Unknown)]
    [InlineData("not yet valid", Unknown)]
    [InlineData("for servers", Unknown)]
    [InlineData("for no purpose", Unknown)]
    [InlineData("of nobody registered", Unknown)]
    [InlineData("the authority itself", Unknown)]
    [InlineData("an authority with a client's name", Unknown)]
    [InlineData("intermediate", Ok)]
    [InlineData("intermediate left out", Unknown)]
    [InlineData("intermediate of another authority", Unknown)]
    [InlineData("a client's as an authority", Unknown)]
    public async Task Only_a_good_certificate_of_a_registered_client_counts(string kind, int expected)
    {
        var house = await servers.GetAsync("require");
        var (header, made) = Make(kind, house.Authority);
        Assert.Equal(expected, await house.OpeningAsync(null, header));
        Assert.Equal(expected, await house.OpeningAsync(TestConfiguration.Alice, header));
        made.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task A_certificate_makes_the_server_ask_nobody()
    {
        var house = await servers.GetAsync("require");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var below = new TestAuthority("Below", house.Authority);
        using var leaf = below.Issue(issuerAt: new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/issuer.cer"));
        Assert.Equal(Unknown, await house.OpeningAsync(null, TestAuthority.Header(leaf)));
        Assert.False(listener.Pending(), "Somebody was asked for the issuer's certificate.");
        Assert.Equal(Ok, await house.OpeningAsync(null, TestAuthority.Header(leaf, below.Certificate)));
        Assert.False(listener.Pending(), "Somebody was asked for a revocation.");
    }

    private static (string Header, List<X509Certificate2> Made) Make(string kind, TestAuthority authority)
    {
        using var stranger = new TestAuthority("Another");
        using var namesake = new TestAuthority();
        using var below = new TestAuthority("Below", authority);
        using var strangerBelow = new TestAuthority("Below", stranger);
        using var client = authority.Issue();
        X509Certificate2 leaf = kind switch
        {
            "self-signed" => TestAuthority.SelfSigned(),
            "another authority" => stranger.Issue(),
            "an authority of the same name" => namesake.Issue(),
            "expired" => authority.Issue(to: TestAuthority.Begin.AddDays(2)),
            "not yet valid" => authority.Issue(from: TestAuthority.Begin.AddYears(4)),
            "for servers" => authority.Issue(forClients: false),
            "for no purpose" => authority.Issue(forClients: null),
            "of nobody registered" => authority.Issue("CN=dave, O=Example"),
            "the authority itself" => X509CertificateLoader.LoadCertificate(authority.Certificate.RawData),
            "an authority with a client's name" => authority.Issue(isAuthority: true),
            "intermediate" or "intermediate left out" => below.Issue(),
            "intermediate of another authority" => strangerBelow.Issue(),
            _ => authority.Issue(),
        };
        var header = kind switch
        {
            "intermediate" => TestAuthority.Header(leaf, below.Certificate),
            "intermediate of another authority" => TestAuthority.Header(leaf, strangerBelow.Certificate, stranger.Certificate),
            "an authority of the same name" => TestAuthority.Header(leaf, namesake.Certificate),
            "self-signed" => TestAuthority.Header(leaf, leaf),
            _ => TestAuthority.Header(leaf),
        };
        if (kind != "a client's as an authority")
        {
            return (header, [leaf]);
        }

        // Signed with the key of a client's certificate, which is no authority.
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signer = authority.Issue("CN=bob, O=Example", key);
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=alice, O=Example", own, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        var forged = request.Create(
            signer.SubjectName, X509SignatureGenerator.CreateForECDsa(key), TestAuthority.Begin.AddDays(2), TestAuthority.Begin.AddYears(4), [1, 2, 3, 4]);
        return (TestAuthority.Header(forged, signer), [leaf, forged]);
    }
}
