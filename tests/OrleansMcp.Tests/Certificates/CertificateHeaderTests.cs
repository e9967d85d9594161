using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Certificates;

/// <summary>The header in which an ingress passes a client certificate on, over real HTTP.</summary>
public sealed class CertificateHeaderTests(CertificateServers servers) : IClassFixture<CertificateServers>
{
    private const int Ok = 200, Malformed = 400, Unknown = 401;

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
}
