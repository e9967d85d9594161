using OrleansMcp.Configuration;

namespace OrleansMcp.Tests.Configuration;

/// <summary>A configuration by which nobody can come in says so, and so does each tenant and client of which that is true.</summary>
public sealed class EntranceCheckTests
{
    private const string Key = "keys: [{ sha256: c3fe0b469a6d4f19a25fbec114762d2186aa2c22888f52c5550a77fc104bcff3 }], permissions: []";
    private const string Issuer = "identity: { resource: 'https://mcp.example.com/mcp', issuers: [{ issuer: 'https://id.example.com'";

    [Theory]
    [InlineData("", 1)]
    [InlineData("# nothing yet\n", 1)]
    [InlineData("sessions: {}\n", 1)]
    [InlineData("sessions: {}\ntenants: {}\n", 2)]
    public void A_configuration_without_tenants_says_that_nobody_can_come_in(string yaml, int line)
    {
        var warning = Assert.Single(ConfigurationFile.Parse(yaml, "good.yaml").Warnings);
        Assert.Equal(new ConfigurationError("good.yaml", line, "tenants", "nobody can come in: there are no tenants."), warning);
    }

    [Fact]
    public void A_configuration_without_credentials_says_so_for_all_for_each_tenant_and_for_each_client()
    {
        var warnings = ConfigurationFile.Parse("tenants:\n  acme:\n    clients:\n      alice:\n        permissions: []\n  globex: {}\n", "good.yaml").Warnings;
        Assert.Equal(
            [(1L, "tenants"), (4L, "tenants.acme.clients.alice"), (6L, "tenants.globex")], warnings.Select(static warning => (warning.Line, warning.Key)));
        Assert.StartsWith("nobody can come in: no client has a key", warnings[0].Message, StringComparison.Ordinal);
        Assert.EndsWith("it cannot come in.", warnings[1].Message, StringComparison.Ordinal);
        Assert.Equal("has no clients: nobody can come in for it.", warnings[2].Message);
    }

    [Theory]
    [InlineData("", "b")]
    [InlineData(Issuer + " }] }\n", "")]
    [InlineData(Issuer + ", tenant: t }] }\n", "")]
    [InlineData(Issuer + ", tenant: u }] }\n", "b")]
    [InlineData(Issuer + ", tenants: { x: u } }] }\n", "b")]
    [InlineData(Issuer + ", tenants: { x: u, y: t } }] }\n", "")]
    [InlineData(Issuer + ", clients: { x: b } }] }\n", "")]
    [InlineData(Issuer + ", clients: { x: a } }] }\n", "b")]
    [InlineData(Issuer + ", tenant: t, clients: { x: b } }] }\n", "")]
    public void Who_has_a_key_or_an_issuer_that_speaks_for_it_can_come_in(string identity, string shutOut)
    {
        var configuration = ConfigurationFile.Parse($$"""
            tenants:
              t: { clients: { a: { {{Key}} }, b: { permissions: [] } } }
              u: { clients: { c: { {{Key.Replace("c3fe", "c3ff", StringComparison.Ordinal)}} } } }

            """ + identity, "good.yaml");
        Assert.Equal(shutOut.Length == 0 ? [] : [$"tenants.t.clients.{shutOut}"], configuration.Warnings.Select(static warning => warning.Key));
    }

    [Fact]
    public void A_certificate_that_is_not_looked_at_lets_nobody_in() => Assert.Contains(
        ConfigurationFile.Parse("tenants: { t: { clients: { a: { certificates: [{ dns: a.example.com }], permissions: [] } } } }\n", "good.yaml").Warnings,
        static warning => warning.Key == "tenants.t.clients.a");
}
