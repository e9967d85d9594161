using System.Net;
using System.Security.Cryptography;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Certificates;

/// <summary>A session belongs to the client and the key of the certificate that opened it, while the certificate is valid and registered.</summary>
public sealed class CertificateOwnerTests(CertificateServers servers) : IClassFixture<CertificateServers>
{
    private const int Ok = 200, Unknown = 401;

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
}
