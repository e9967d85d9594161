using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Certificates;

/// <summary>Client certificates that an ingress passes on, over real HTTP.</summary>
public sealed class ClientCertificateTests(CertificateServers servers) : IClassFixture<CertificateServers>
{
    private const int Ok = 200, Malformed = 400, Unknown = 401;

    [Theory]
    [InlineData("require", "forward", null, Ok)]
    [InlineData("require", "forward", TestConfiguration.Alice, Ok)]
    [InlineData("require", "none", TestConfiguration.Alice, Unknown)]
    [InlineData("require", "empty", TestConfiguration.Alice, Unknown)]
    [InlineData("require", "forward", "wrong", Unknown)]
    [InlineData("accept", "forward", null, Ok)]
    [InlineData("accept", "forward", TestConfiguration.Alice, Ok)]
    [InlineData("accept", "none", TestConfiguration.Alice, Ok)]
    [InlineData("accept", "empty", TestConfiguration.Alice, Ok)]
    [InlineData("accept", "none", null, Unknown)]
    [InlineData("accept", "forward", "wrong", Unknown)]
    [InlineData("accept", "self-signed", TestConfiguration.Alice, Unknown)]
    [InlineData("ignore", "forward", null, Unknown)]
    [InlineData("ignore", "forward", TestConfiguration.Alice, Ok)]
    [InlineData("ignore", "forward of bob", TestConfiguration.Alice, Ok)]
    [InlineData("ignore", "garbage", TestConfiguration.Alice, Ok)]
    [InlineData("ignore", "twice", TestConfiguration.Alice, Ok)]
    public async Task The_mode_says_what_a_certificate_is_worth(string mode, string header, string? key, int expected)
    {
        var house = await servers.GetAsync(mode);
        using var alice = house.Authority.Issue();
        using var bob = house.Authority.Issue("CN=bob, O=Example");
        using var alone = TestAuthority.SelfSigned();
        string[] sent = header switch
        {
            "forward" => [TestAuthority.Header(alice)],
            "forward of bob" => [TestAuthority.Header(bob)],
            "self-signed" => [TestAuthority.Header(alone)],
            "twice" => [TestAuthority.Header(alice), TestAuthority.Header(bob)],
            "garbage" => ["Cert=garbage"],
            "empty" => [""],
            _ => [],
        };
        Assert.Equal(expected, await house.OpeningAsync(key, sent));
    }

    [Fact]
    public async Task An_ignored_certificate_changes_nothing_about_who_the_caller_is()
    {
        var house = await servers.GetAsync("ignore");
        using var bob = house.Authority.Issue("CN=bob, O=Example");
        using var plain = await house.Client(TestConfiguration.Alice).OpenAsync();
        plain.Certificates = [TestAuthority.Header(bob)];
        Assert.Equal("alice", DemoTools.WhoAmI(await plain.CallTextAsync("whoami")).Client);
        Assert.Equal(0, house.Server.Signals["credential_mismatch"]);
    }

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

    [Theory]
    [InlineData("not a pair")]
    [InlineData("Hash=$hash")]
    [InlineData("Cert=")]
    [InlineData("Cert=\"\"")]
    [InlineData("Cert=\"$cert")]
    [InlineData("Cert=\"$cert\"x")]
    [InlineData("Cert=\"$cert\";Cert=\"$cert\"")]
    [InlineData("Cert=\"$cert\";cert=\"$cert\"")]
    [InlineData("Cert=\"$cert\",Cert=\"$cert\"")]
    [InlineData("Cert=\"$cert\";Hash=1,By=x")]
    [InlineData("Cert=\"$cert\";Chain=\"$cert\";Chain=\"$cert\"")]
    [InlineData("Cert=\"$cert$cert\"")]
    [InlineData("Cert=\"text%20before%0A$cert\"")]
    [InlineData("Cert=\"$cert\";Chain=\"no%20certificates\"")]
    [InlineData("Cert=\"$cert\";Chain=\"$cert$cert$cert$cert$cert$cert$cert$cert$cert\"")]
    [InlineData("Cert=\"-----BEGIN%20CERTIFICATE-----%0AAAAA%0A-----END%20CERTIFICATE-----\"")]
    [InlineData("Cert=\"-----BEGIN%20PRIVATE%20KEY-----%0AAAAA%0A-----END%20PRIVATE%20KEY-----\"")]
    [InlineData("Cert=\"%ZZ%\"")]
    [InlineData("=;=")]
    [InlineData("Subject=\"CN=alice, O=Example\"")]
    public async Task What_is_not_one_certificate_is_refused_as_malformed(string template)
    {
        var house = await servers.GetAsync("accept");
        using var alice = house.Authority.Issue();
        var header = template.Replace("$cert", TestAuthority.Escaped(alice), StringComparison.Ordinal)
            .Replace("$hash", alice.GetCertHashString(HashAlgorithmName.SHA256), StringComparison.Ordinal);
        Assert.Equal(Malformed, await house.OpeningAsync(TestConfiguration.Alice, header));
        Assert.Equal(Malformed, await house.OpeningAsync(null, header));
    }

    [Theory]
    [InlineData("Cert=\"$cert\"")]
    [InlineData("cert=\"$cert\"")]
    [InlineData("Cert=$cert")]
    [InlineData("Hash=0;Cert=\"$cert\";Chain=\"\"")]
    [InlineData("By=spiffe://a;Hash=0;Subject=\"CN=bob,O=\\\"x\\\";Cert=y\";URI=;DNS=a;DNS=b;Cert=\"$cert\";Chain=\"$cert\"")]
    [InlineData("Hash=0;Cert=\"$cert\";")]
    public async Task What_an_ingress_may_write_beside_the_certificate_means_nothing(string template)
    {
        var house = await servers.GetAsync("require");
        using var alice = house.Authority.Issue();
        using var client = await house.Client(null, template.Replace("$cert", TestAuthority.Escaped(alice), StringComparison.Ordinal)).OpenAsync();
        Assert.Equal("alice", DemoTools.WhoAmI(await client.CallTextAsync("whoami")).Client);
    }

    [Theory]
    [InlineData(1, "401")]
    [InlineData(2, "400")]
    public async Task Two_headers_are_refused_even_if_they_say_the_same(int headers, string expected)
    {
        var house = await servers.GetAsync("require");
        using var alice = house.Authority.Issue();

        // Line by line: an HTTP client would write one header with a comma. The key is wrong, so that a good certificate is told from none.
        var lines = string.Concat(Enumerable.Repeat($"X-Forwarded-Client-Cert: {TestAuthority.Header(alice)}\r\n", headers));
        using var connection = new TcpClient();
        await connection.ConnectAsync(house.Server.Url.Host, house.Server.Url.Port);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"DELETE /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer wrong\r\n{lines}Connection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        var reply = await reader.ReadToEndAsync().InTime("an answer");
        Assert.StartsWith($"HTTP/1.1 {expected} ", reply, StringComparison.Ordinal);
        Assert.Equal(headers > 1, reply.Contains("malformed", StringComparison.Ordinal));
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

    [Theory]
    [InlineData(26_000, Malformed)]
    [InlineData(100_000, 431)]
    public async Task A_huge_header_is_refused(int length, int expected)
    {
        var house = await servers.GetAsync("accept");
        using var alice = house.Authority.Issue();
        var header = TestAuthority.Header(alice);
        Assert.Equal(expected, await house.OpeningAsync(TestConfiguration.Alice, header + ";By=" + new string('x', length - header.Length - 4)));
        Assert.Equal(Ok, await house.OpeningAsync(TestConfiguration.Alice, header));
    }

    [Fact]
    public async Task A_certificate_with_any_byte_changed_is_refused()
    {
        var house = await servers.GetAsync("require");
        using var alice = house.Authority.Issue();
        Assert.Equal(Ok, await house.OpeningAsync(null, TestAuthority.Header(alice)));
        for (var at = 0; at < alice.RawData.Length; at += 7)
        {
            var changed = alice.RawData.ToArray();
            changed[at] ^= 1;
            var pem = Uri.EscapeDataString(PemEncoding.WriteString("CERTIFICATE", changed));
            var status = await house.OpeningAsync(null, $"Hash={alice.GetCertHashString(HashAlgorithmName.SHA256)};Cert=\"{pem}\"");
            Assert.True(status is Malformed or Unknown, $"byte {at}: {status}");
        }
    }

    [Fact]
    public async Task A_stranger_with_a_good_certificate_of_its_own_finds_no_foreign_session()
    {
        await using var house = await CertificateServer.StartAsync("require");
        using var alice = house.Authority.Issue();
        using var bob = house.Authority.Issue("CN=bob, O=Example");
        using var owner = await house.Client(null, TestAuthority.Header(alice)).OpenAsync();
        Assert.Equal(1, await owner.IncrementAsync());
        using var stranger = owner.As(null);
        stranger.Certificates = [TestAuthority.Header(bob)];
        using var nobody = stranger.As(null);
        nobody.SessionId = Isolation.StrangerProbe.NeverIssued;
        Assert.Equal(
            (await nobody.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.NotFound).Fingerprint,
            (await stranger.PostAsync(Rpc.Request(1, "ping"))).Fingerprint);
        Assert.Equal(1, house.Server.Signals["cross_session_attempt"]);
        Assert.Equal(2, await owner.IncrementAsync());
    }

    [Fact]
    public async Task Another_clients_key_does_not_go_with_a_certificate_and_raises_a_signal()
    {
        await using var house = await CertificateServer.StartAsync("accept");
        using var bob = house.Authority.Issue("CN=bob, O=Example");
        using var owner = await house.Client(TestConfiguration.Alice).OpenAsync();
        using var thief = owner.As(TestConfiguration.Alice);
        thief.Certificates = [TestAuthority.Header(bob)];
        (await thief.CallAsync("increment")).Expect(HttpStatusCode.Unauthorized);
        Assert.Equal(1, house.Server.Signals["credential_mismatch"]);
        thief.Key = TestConfiguration.Carol;
        (await thief.CallAsync("increment")).Expect(HttpStatusCode.Unauthorized);
        Assert.Equal(2, house.Server.Signals["credential_mismatch"]);
        Assert.Equal(1, await owner.IncrementAsync());
        await Eventually.Holds(() => house.Server.ReadAudit().Contains("credential_mismatch", StringComparison.Ordinal), "it was audited");
    }

    [Fact]
    public async Task A_session_belongs_to_the_key_of_the_certificate_that_opened_it()
    {
        var house = await servers.GetAsync("accept");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var first = house.Authority.Issue(key: key);
        using var renewed = house.Authority.Issue(key: key);
        using var other = house.Authority.Issue();
        using var client = await house.Client(TestConfiguration.Alice, TestAuthority.Header(first)).OpenAsync();
        Assert.Equal(1, await client.IncrementAsync());
        client.Key = null;
        Assert.Equal(2, await client.IncrementAsync());
        client.Certificates = [TestAuthority.Header(renewed)];
        Assert.Equal(3, await client.IncrementAsync());
        client.Certificates = [TestAuthority.Header(other)];
        (await client.CallAsync("increment")).Expect(HttpStatusCode.NotFound);
        (client.Certificates, client.Key) = ([], TestConfiguration.Alice);
        (await client.CallAsync("increment")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_certificate_that_was_good_is_refused_when_it_has_expired()
    {
        await using var house = await CertificateServer.StartAsync("require");
        var now = house.Time.GetUtcNow();
        using var alice = house.Authority.Issue(from: now.AddHours(1), to: now.AddHours(3));
        var header = TestAuthority.Header(alice);
        Assert.Equal(Unknown, await house.OpeningAsync(null, header));
        house.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(Ok, await house.OpeningAsync(null, header));
        house.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(Unknown, await house.OpeningAsync(null, header));
    }

    [Fact]
    public async Task What_the_configuration_takes_away_ends_at_once()
    {
        await using var house = await CertificateServer.StartAsync("require");
        using var alice = house.Authority.Issue();
        using var client = await house.Client(null, TestAuthority.Header(alice)).OpenAsync();
        Assert.Equal(1, await client.IncrementAsync());
        await File.WriteAllTextAsync(house.ConfigFile, CertificateServer.Yaml("require", "{ subject: \"CN=nobody any more\" }"));
        house.Time.Advance(TimeSpan.FromSeconds(3));
        (await client.CallAsync("increment")).Expect(HttpStatusCode.Unauthorized);
        await File.WriteAllTextAsync(house.ConfigFile, CertificateServer.Yaml("ignore", "{ subject: \"CN=alice, O=Example\" } "));
        house.Time.Advance(TimeSpan.FromSeconds(3));
        (await client.CallAsync("increment")).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("{ subject: \"CN=alice, O=Example\" }", "CN=alice, O=Example", null, null, Ok)]
    [InlineData("{ subject: \"CN=alice, O=Example\" }", "O=Example, CN=alice", null, null, Unknown)]
    [InlineData("{ subject: \"CN=alice, O=Example\" }", "CN=Alice, O=Example", null, null, Unknown)]
    [InlineData("{ subject: \"CN=alice, O=Example\" }", "CN=alice", null, null, Unknown)]
    [InlineData("{ subject: \"CN=alice, O=Example\" }", "CN=alice, OU=x, O=Example", null, null, Unknown)]
    [InlineData("{ subject: \"CN=alice, O=Example\" }", "CN=\"alice, O=Example\"", null, null, Unknown)]
    [InlineData("{ subject: \"CN=alice, O=Example\" }", "CN=\"alice;5:O=Example\"", null, null, Unknown)]
    [InlineData("{ dns: Agent.example.com }", "CN=x", "agent.example.com", null, Ok)]
    [InlineData("{ dns: agent.example.com }", "CN=agent.example.com", null, null, Unknown)]
    [InlineData("{ dns: agent.example.com }", "CN=x", "*.example.com", null, Unknown)]
    [InlineData("{ dns: agent.example.com }", "CN=x", "other.agent.example.com", null, Unknown)]
    [InlineData("{ uri: \"spiffe://example.com/alice\" }", "CN=x", null, "spiffe://example.com/alice", Ok)]
    [InlineData("{ uri: \"spiffe://example.com/alice\" }", "CN=x", null, "spiffe://example.com/alice/more", Unknown)]
    [InlineData("{ uri: \"spiffe://example.com/alice\" }", "CN=bob, O=Example", null, "spiffe://example.com/alice", Unknown)]
    public async Task A_client_is_known_by_the_whole_of_what_is_written_and_by_nothing_that_is_near(
        string registered, string subject, string? dns, string? uri, int expected)
    {
        var house = await servers.GetAsync("require", registered);
        using var certificate = house.Authority.Issue(subject, dns: dns, uri: uri);
        Assert.Equal(expected, await house.OpeningAsync(null, TestAuthority.Header(certificate)));
    }

    [Fact]
    public async Task A_thumbprint_means_one_certificate()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("CN=whatever");
        await using var house = await CertificateServer.StartAsync("require", $"{{ sha256: {certificate.GetCertHashString(HashAlgorithmName.SHA256)} }}");
        Assert.Equal(Unknown, await house.OpeningAsync(null, TestAuthority.Header(certificate))); // of another authority all the same
        using var second = house.Authority.Issue("CN=whatever");
        Assert.Equal(Unknown, await house.OpeningAsync(null, TestAuthority.Header(second)));
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
