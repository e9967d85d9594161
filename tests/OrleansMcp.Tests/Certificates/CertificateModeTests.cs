using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Certificates;

/// <summary>The mode of client certificates (<c>require</c>, <c>accept</c>, <c>ignore</c>) decides whether a certificate, a key or either opens a session.</summary>
public sealed class CertificateModeTests(CertificateServers servers) : IClassFixture<CertificateServers>
{
    private const int Ok = 200, Unknown = 401;

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
}
