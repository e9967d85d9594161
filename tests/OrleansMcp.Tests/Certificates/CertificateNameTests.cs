using System.Security.Cryptography;

namespace OrleansMcp.Tests.Certificates;

/// <summary>The configuration names a client by subject, DNS name, URI or thumbprint of its certificates.</summary>
public sealed class CertificateNameTests(CertificateServers servers) : IClassFixture<CertificateServers>
{
    private const int Ok = 200, Unknown = 401;

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
}
