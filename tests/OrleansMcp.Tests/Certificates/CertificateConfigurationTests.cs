using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Certificates;
using OrleansMcp.Server;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Certificates;

/// <summary>The section <c>clientCertificates</c> and the certificates of clients.</summary>
public sealed class CertificateConfigurationTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly TestAuthority _authority = new();

    private string FileName => Path.Combine(_folder.Path, "server.yaml");

    [Fact]
    public void Nothing_said_means_that_certificates_are_ignored() =>
        Assert.Equal(ClientCertificateMode.Ignore, Load("").ClientCertificates.Mode);

    [Fact]
    public void A_complete_section_is_read()
    {
        using var below = new TestAuthority("Below", _authority);
        File.WriteAllText(Path.Combine(_folder.Path, "bundle.pem"), _authority.Pem + "\n" + below.Pem);
        var read = Load(
            "clientCertificates: { mode: accept, authorities: [bundle.pem] }",
            "{ sha256: \"" + string.Join(':', Enumerable.Repeat("AB", 32)) + "\" }, { subject: \"CN=a, O=b\" }, { dns: A.example.com }, { uri: \"spiffe://a/b\" }");
        Assert.Equal(ClientCertificateMode.Accept, read.ClientCertificates.Mode);
        Assert.Equal(2, read.ClientCertificates.Authorities.Count);
        var certificates = read.FindClient("t", "c")!.Certificates;
        Assert.Equal(new CertificateMatch(CertificateTrait.Sha256, string.Concat(Enumerable.Repeat("ab", 32))), certificates[0]);
        Assert.Equal(new CertificateMatch(CertificateTrait.Subject, DistinguishedName.Parse("CN=a,O=b")!), certificates[1]);
        Assert.Equal(new CertificateMatch(CertificateTrait.Dns, "a.example.com"), certificates[2]);
        Assert.Equal(new CertificateMatch(CertificateTrait.Uri, "spiffe://a/b"), certificates[3]);
        Assert.Empty(read.Warnings); // a certificate lets its client in
    }

    [Fact]
    public void Authorities_may_stand_in_the_file_itself()
    {
        var pem = string.Join('\n', _authority.Pem.Split('\n').Select(line => "      " + line));
        var read = Load($"clientCertificates:\n  mode: accept\n  authorities:\n    - |\n{pem}\n");
        Assert.Single(read.ClientCertificates.Authorities);
        var error = Assert.Throws<ConfigurationException>(() => Load("clientCertificates: { mode: accept, authorities: [\"-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----\"] }"));
        Assert.Contains("clientCertificates.authorities[0]", Assert.Single(error.Errors).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clientCertificates: { mode: maybe, authorities: [ca.pem] }", "", "clientCertificates.mode")]
    [InlineData("clientCertificates: { mode: require }", "", "clientCertificates.authorities")]
    [InlineData("clientCertificates: { mode: accept, authorities: [] }", "", "clientCertificates.authorities")]
    [InlineData("clientCertificates: { mode: accept, authorities: [missing.pem] }", "", "does not exist")]
    [InlineData("clientCertificates: { mode: accept, authorities: [empty.pem] }", "", "clientCertificates.authorities[0]")]
    [InlineData("clientCertificates: { mode: accept, authorities: [broken.pem] }", "", "clientCertificates.authorities[0]")]
    [InlineData("clientCertificates: { mode: accept, authorities: [client.pem] }", "", "clientCertificates.authorities[0]")]
    [InlineData("clientCertificates: { mode: accept, authorities: [below.pem] }", "", "a root")]
    [InlineData("clientCertificates: { mode: accept, authorities: [ca.pem], revocation: true }", "", "clientCertificates.revocation")]
    [InlineData("", "{}", "tenants.t.clients.c.certificates[0]")]
    [InlineData("", "{ cn: a }", "tenants.t.clients.c.certificates[0].cn")]
    [InlineData("", "{ dns: a.example.com, uri: \"spiffe://a\" }", "tenants.t.clients.c.certificates[0]")]
    [InlineData("", "{ dns: \"*.example.com\" }", "tenants.t.clients.c.certificates[0].dns")]
    [InlineData("", "{ sha256: 12 }", "tenants.t.clients.c.certificates[0].sha256")]
    [InlineData("", "{ subject: alice }", "tenants.t.clients.c.certificates[0].subject")]
    [InlineData("", "{ subject: \"\" }", "tenants.t.clients.c.certificates[0].subject")]
    [InlineData("", "{ uri: not-absolute }", "tenants.t.clients.c.certificates[0].uri")]
    [InlineData("", "{ dns: a.example.com }, { dns: A.example.com }", "tenants.t.clients.c.certificates[1]")]
    public async Task A_mistake_is_told_with_its_place_and_config_check_finds_it(string section, string certificates, string told)
    {
        using var below = new TestAuthority("Below", _authority);
        using var client = _authority.Issue();
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "ca.pem"), _authority.Pem);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "below.pem"), below.Pem);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "client.pem"), client.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "empty.pem"), "nothing here");
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        var error = Assert.Throws<ConfigurationException>(() => Load(section, certificates));
        Assert.Contains(error.Errors, one => one.ToString().Contains(told, StringComparison.Ordinal) && one.Line > 0);
        Assert.Equal(1, await Program.Main(["config", "check", FileName]));
    }

    [Theory]
    [InlineData("{ subject: \"CN=one, O=Example\" }", "{ subject: \"CN=one,O=Example\" }")]
    [InlineData("{ dns: one.example.com }", "{ dns: ONE.example.com }")]
    [InlineData("{ uri: \"spiffe://one\" }", "{ uri: \"spiffe://one\" }")]
    public void A_certificate_of_two_clients_is_an_error_with_file_line_and_both_keys(string first, string second)
    {
        File.WriteAllText(FileName, $$"""
            tenants:
              t: { clients: { c: { permissions: [], certificates: [{{first}}] } } }
              u:
                clients:
                  d:
                    permissions: []
                    certificates:
                      - {{second}}
            """);
        var error = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(FileName)).Errors.Single();
        Assert.Equal((FileName, 8L, "tenants.u.clients.d.certificates[0]"), (error.File, error.Line, error.Key));
        Assert.Contains("tenants.t.clients.c.certificates[0]", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private ServerConfiguration Load(string section, string certificates = "")
    {
        File.WriteAllText(FileName, $"{section}\ntenants: {{ t: {{ clients: {{ c: {{ permissions: [], certificates: [{certificates}] }} }} }} }}\n");
        return ConfigurationFile.Load(FileName);
    }
}
