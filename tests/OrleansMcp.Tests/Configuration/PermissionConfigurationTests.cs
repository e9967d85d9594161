using OrleansMcp.Authorization;
using OrleansMcp.Configuration;

namespace OrleansMcp.Tests.Configuration;

/// <summary>Permissions of clients and scopes, and operators, as the file says them.</summary>
public sealed class PermissionConfigurationTests
{
    private const string Hash = "c3fe0b469a6d4f19a25fbec114762d2186aa2c22888f52c5550a77fc104bcff3";
    private const string Client = "tenants:\n  a:\n    clients:\n      b:\n";
    private const string Valid = "tenants: { a: { clients: { b: { permissions: [], keys: [{ sha256: " + Hash + " }] } } } }\n";

    [Theory]
    [InlineData("        quotas: {}\n", 5, "tenants.a.clients.b")]
    [InlineData("        permissions:\n", 5, "tenants.a.clients.b.permissions")]
    [InlineData("        permissions: tool:echo\n", 5, "tenants.a.clients.b.permissions")]
    [InlineData("        permissions:\n          - tool:echo\n          - echo\n", 7, "tenants.a.clients.b.permissions[1]")]
    [InlineData("        permissions:\n          - \"tool:*.get\"\n", 6, "tenants.a.clients.b.permissions[0]")]
    [InlineData("        permissions:\n          - { tool: echo }\n", 6, "tenants.a.clients.b.permissions[0]")]
    [InlineData("        permissions:\n          - resource:a://b/../c\n", 6, "tenants.a.clients.b.permissions[0]")]
    public void A_mistake_in_permissions_names_its_line_and_key(string yaml, int line, string key) => Fails(Client + yaml, line, key);

    [Theory]
    [InlineData("operators: [{ id: olga }]\n", 2, "operators[0]")]
    [InlineData("operators:\n  - { id: Olga, sha256: " + Hash + " }\n", 3, "operators[0].id")]
    [InlineData("operators:\n  - { id: olga, sha256: abc }\n", 3, "operators[0].sha256")]
    [InlineData("operators:\n  - { id: olga, sha256: " + Hash + " }\n", 3, "operators[0].sha256")]
    [InlineData("operators:\n  - { id: olga, sha256: " + Hash + ", tenant: a }\n", 3, "operators[0].tenant")]
    [InlineData("identity:\n  scopes:\n    s: [\"tool:a*b\"]\n", 4, "identity.scopes.s[0]")]
    [InlineData("identity:\n  scopes:\n    s: [\"tool/call\"]\n", 4, "identity.scopes.s[0]")]
    public void A_mistake_in_operators_and_scopes_names_its_line_and_key(string yaml, int line, string key)
    {
        var errors = Errors(Valid + yaml);
        Assert.Contains(errors, error => (error.File, error.Line, error.Key) == ("bad.yaml", line, key));
    }

    [Fact]
    public void Who_is_missing_permissions_is_told_so()
    {
        Assert.Contains("permissions", Errors(Client + "        keys: []\n").Single().Message, StringComparison.Ordinal);
        Assert.Equal(PermissionSet.None, ConfigurationFile.Parse(Valid, "good.yaml").FindClient("a", "b")!.Permissions);
        Assert.False(new ClientConfiguration { Id = "code" }.Permissions.Allows(PermissionKind.Tool, "echo"));
    }

    [Fact]
    public void A_scope_permits_and_grants_requests()
    {
        var scopes = ConfigurationFile.Parse(
            Valid + "identity: { scopes: { echo: [tools/call, \"tool:echo\"], who: [\"tool:whoami\"], list: [tools/list] } }\n", "good.yaml").Identity.Scopes;
        Assert.Equal(["echo"], scopes.Granting("tools/call"));
        Assert.Equal(["tool:echo", "tool:whoami"], scopes.PermissionsOf(Set("echo", "who", "list"))!.Entries);
        Assert.Null(scopes.PermissionsOf(Set("list")));
        Assert.Null(scopes.PermissionsOf(null));
        Assert.Empty(scopes.PermissionsOf(Set())!.Entries);
        Assert.Empty(scopes.PermissionsOf(Set("of another server"))!.Entries);
        foreach (var held in new[] { null, Set(), Set("list"), Set("echo"), Set("echo", "list"), Set("who", "echo"), Set("other") })
        {
            foreach (var tool in new[] { "echo", "whoami", "increment" })
            {
                Assert.Equal(scopes.PermissionsOf(held)?.Allows(PermissionKind.Tool, tool) ?? true, scopes.Permits(held, PermissionKind.Tool, tool));
            }
        }
    }

    private static HashSet<string> Set(params string[] scopes) => [.. scopes];

    private static IReadOnlyList<ConfigurationError> Errors(string yaml) =>
        Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse(yaml, "bad.yaml")).Errors;

    private static void Fails(string yaml, int line, string key)
    {
        var error = Assert.Single(Errors(yaml));
        Assert.Equal(("bad.yaml", (long)line, key), (error.File, error.Line, error.Key));
    }
}
