using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Names;
using OrleansMcp.Server;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Configuration.Names;

/// <summary>Every place of a file that names something: a name of nothing is told with its line, its key and the nearest name.</summary>
public sealed class UnknownNameTests
{
    private const string Hash = "c3fe0b469a6d4f19a25fbec114762d2186aa2c22888f52c5550a77fc104bcff3";
    private const string Other = "cfdd601be826835d6a59c993254eb5786da08ee32379b680795ebe708f0060f9";
    private const string Third = "46dc44375b9083e174d94502488cc3799b7e01d22f196b1c1c4e35a970be0924";

    private const string Tenants = "tenants:\n  acme: { clients: { alice: { keys: [{ sha256: " + Hash + " }], permissions: ['tool:*'] }, bob: { keys: [{ sha256: " + Other
        + " }], permissions: [] } } }\n  globex: { clients: { carol: { keys: [{ sha256: " + Third + " }], permissions: [] } } }\n";

    private const string Servers = "servers: { github: { url: \"https://mcp.example.com/mcp\" } }\n";

    private static readonly OfferedNames s_offered = ServerHost.Names();

    [Theory]
    [InlineData("tenants: [acmee]", "tenants[0]", "there is no tenant 'acmee'. Did you mean 'acme'?")]
    [InlineData("tenants: [acme, ACME]", "tenants[1]", "there is no tenant 'ACME'. Did you mean 'acme'?")]
    [InlineData("tenants: [\"\\u0430\\u0441me\"]", "tenants[0]", "there is no tenant '\\u0430\\u0441me'. Did you mean 'acme'?")]
    [InlineData("tenants: [\"acme\\0\"]", "tenants[0]", "there is no tenant 'acme\\u0000'. Did you mean 'acme'?")]
    [InlineData("tenants: [\"acme\\n\"]", "tenants[0]", "there is no tenant 'acme\\u000a'. Did you mean 'acme'?")]
    [InlineData("clients: [alise]", "clients[0]", "there is no client 'alise'. Did you mean 'alice'?")]
    [InlineData("tenants: [globex]\nclients: [alice]", "clients[0]", "there is no client 'alice' of tenant globex. Known: carol.")]
    [InlineData("tenants: [acme]\nclients: [alice, carol]", "clients[1]", "there is no client 'carol' of tenant acme. Known: alice, bob.")]
    [InlineData("servers: [orleansmcp]", "servers[0]", "there is no server 'orleansmcp'. Did you mean 'OrleansMcp'?")]
    [InlineData("hide: [ehco]", "hide[0]", "there is no tool 'ehco'. Did you mean 'echo'?")]
    [InlineData("tools: { Echo: {} }", "tools.Echo", "there is no tool 'Echo'. Did you mean 'echo'?")]
    [InlineData("tools: { \"\\u212alow\": {} }", "tools.\\u212alow", "there is no tool '\\u212alow'. Did you mean 'slow'?")]
    [InlineData("tools: { \"who\\0ami\": {} }", "tools.who\\u0000ami", "there is no tool 'who\\u0000ami'. Did you mean 'whoami'?")]
    [InlineData("tools: { echo: { rules: [{ name: r, action: deny, tenants: [acmee] }] } }", "tools.echo.rules[0].tenants[0]", "there is no tenant 'acmee'. Did you mean 'acme'?")]
    [InlineData("tools: { echo: { rules: [{ name: r, action: deny, clients: [alise] }] } }", "tools.echo.rules[0].clients[0]", "there is no client 'alise'. Did you mean 'alice'?")]
    [InlineData("tools: { echo: { rules: [{ name: r, action: deny, servers: [else] }] } }", "tools.echo.rules[0].servers[0]", "there is no server 'else'. Known: OrleansMcp.")]
    [InlineData("tools: { echo: { rules: [{ name: r, action: deny, tenants: [globex], clients: [alice] }] } }", "tools.echo.rules[0].clients[0]", "there is no client 'alice' of tenant globex. Known: carol.")]
    [InlineData("tenants: [acme]\ntools: { echo: { rules: [{ name: r, action: deny, tenants: [globex] }] } }", "tools.echo.rules[0].tenants[0]", "there is no tenant 'globex' among those of the policy. Known: acme.")]
    [InlineData("clients: [alice]\ntools: { echo: { rules: [{ name: r, action: deny, clients: [bob] }] } }", "tools.echo.rules[0].clients[0]", "there is no client 'bob' among those of the policy. Known: alice.")]
    public void A_policy_that_names_nobody_is_refused(string policy, string key, string message)
    {
        var line = policy.Split('\n').Length + 1; // what is wrong is in the last line
        using var folder = new ScratchFolder();
        var file = Path.Combine(folder.Path, "p.yaml");
        File.WriteAllText(file, "version: 1\n" + policy + "\n");
        AssertSingle(Errors(Tenants + "policies: [" + file + "]\n"), file, line, key, message);

        var inPlace = Tenants + "policies:\n  - version: 1\n    " + policy.Replace("\n", "\n    ", StringComparison.Ordinal) + "\n";
        AssertSingle(Errors(inPlace), "bad.yaml", line + 4, $"policies[0].{key}", message);
    }

    [Theory]
    [InlineData("tool:ecoh", "there is no tool 'ecoh'. Did you mean 'echo'?")]
    [InlineData("tool:session_opne", "there is no tool 'session_opne'. Did you mean 'session_open'?")]
    [InlineData("toollog:whoamI", "there is no tool 'whoamI'. Did you mean 'whoami'?")]
    [InlineData("prompt:summarize", "there is no prompt 'summarize'. Did you mean 'summarise'?")]
    [InlineData("resource:demo://greting/en", "there is no resource 'demo://greting/en'. Did you mean 'demo://greeting/{language}'?")]
    [InlineData("resource:demo://session/Counter", "there is no resource 'demo://session/Counter'. Did you mean 'demo://session/counter'?")]
    [InlineData("resource:demo://greeting/en/formal", "there is no resource 'demo://greeting/en/formal'. Did you mean 'demo://greeting/{language}'?")]
    public void A_permission_for_nothing_is_refused_wherever_permissions_are(string permission, string message)
    {
        var client = "tenants:\n  a:\n    clients:\n      b:\n        keys: [{ sha256: " + Hash + " }]\n        permissions:\n          - '" + permission + "'\n";
        AssertSingle(Errors(client), "bad.yaml", 7, "tenants.a.clients.b.permissions[0]", message);
        AssertSingle(Errors(Tenants + "identity:\n  scopes:\n    s:\n      - '" + permission + "'\n"), "bad.yaml", 7, "identity.scopes.s[0]", message);
    }

    [Theory]
    [InlineData("records:alcie/orders:read", "there is no client 'alcie' of tenant acme. Did you mean 'alice'?")]
    [InlineData("records:carol/orders:write", "there is no client 'carol' of tenant acme. Known: alice, bob.")]
    [InlineData("records:/orders:read", "there is no client '' of tenant acme. Known: alice, bob.")]
    public void Whose_namespace_of_records_it_is_must_be_known(string permission, string message)
    {
        var clients = "tenants:\n  globex: { clients: { carol: { keys: [{ sha256: " + Third + " }], permissions: [] } } }\n  acme:\n    clients:\n      bob:\n        keys: [{ sha256: " + Hash
            + " }]\n        permissions:\n          - '" + permission + "'\n      alice: { keys: [{ sha256: " + Other + " }], permissions: [] }\n";
        AssertSingle(Errors(clients), "bad.yaml", 8, "tenants.acme.clients.bob.permissions[0]", message);
    }

    [Fact]
    public void A_permission_that_only_looks_right_is_told_what_it_looks_like()
    {
        var errors = Errors(Tenants + "identity: { scopes: { s: [\"tool:\\u0435cho\"] } }\n");
        Assert.Contains(errors, static error => error.Message == "there is no tool '\\u0435cho'. Did you mean 'echo'?");
        Assert.All(errors, static error => Assert.Equal((4L, "identity.scopes.s[0]"), (error.Line, error.Key)));
    }

    [Theory]
    [InlineData("ehco", "there is no tool 'ehco'. Did you mean 'echo'?")]
    [InlineData("records_*", "there is no tool 'records_*'. Did you mean 'records_delete'? No pattern is read here.")]
    [InlineData("*", "there is no tool '*'.")]
    public void A_cache_rule_for_nothing_is_refused(string tool, string message)
    {
        var error = Assert.Single(Errors(Tenants + "cache:\n  tools:\n    echo: { ttl: 1s }\n    '" + tool + "': { ttl: 1s }\n"));
        Assert.Equal((7L, $"cache.tools.{tool}"), (error.Line, error.Key));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tenant: acmee", "tenant", "Did you mean 'acme'?")]
    [InlineData("tenant: '*'", "tenant", "Known: acme, globex.")]
    [InlineData("tenants: { t1: acme, t2: globx }", "tenants.t2", "Did you mean 'globex'?")]
    [InlineData("clients: { c1: alise }", "clients.c1", "Did you mean 'alice'?")]
    [InlineData("tenant: globex, clients: { c1: alice }", "clients.c1", "Known: carol.")]
    [InlineData("tenants: { t1: globex }, clients: { c1: alice }", "clients.c1", "Known: carol.")]
    public void An_issuer_that_speaks_for_nobody_is_refused(string says, string key, string hint)
    {
        var error = Assert.Single(Errors(
            Tenants + "identity:\n  resource: https://mcp.example.com/mcp\n  issuers:\n    - { issuer: 'https://id.example.com', " + says + " }\n"));
        Assert.Equal((7L, $"identity.issuers[0].{key}"), (error.Line, error.Key));
        Assert.EndsWith(hint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scope_that_means_nothing_is_refused()
    {
        var client = "tenants: { a: { clients: { b: { keys: [{ sha256: " + Hash + " }], permissions: [], scopes: [reed] } } } }\n";
        Assert.EndsWith("Did you mean 'read'?", Assert.Single(Errors(client + "identity: { scopes: { read: [tools/list] } }\n")).Message, StringComparison.Ordinal);
        var initial = Tenants + "identity: { scopes: { read: [tools/list] }, initialScopes: [raed] }\n";
        Assert.EndsWith("Did you mean 'read'?", Assert.Single(Errors(initial)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("policies: [{ version: 1, tools: { githb__echo: {} } }]", "policies[0].tools.githb__echo")]
    [InlineData("policies: [{ version: 1, tools: { 'githb__*': {} } }]", "policies[0].tools.githb__*")]
    [InlineData("identity: { scopes: { s: [tool:githb__create_issue] } }", "identity.scopes.s[0]")]
    [InlineData("identity: { scopes: { s: ['prompt:githb__*'] } }", "identity.scopes.s[0]")]
    [InlineData("cache: { tools: { githb__get: { ttl: 1s } } }", "cache.tools.githb__get")]
    public void Something_of_a_server_that_is_not_configured_is_refused(string section, string key)
    {
        AssertSingle(Errors(Tenants + Servers + section + "\n"), "bad.yaml", 5, key, "there is no server 'githb'. Did you mean 'github'?");
        Assert.Empty(ConfigurationFile.Parse(Tenants + Servers + section.Replace("githb", "github", StringComparison.Ordinal) + "\n", "good.yaml", s_offered).Warnings);
    }

    [Fact]
    public void Of_a_server_only_its_name_is_known()
    {
        var named = Tenants + Servers + """
            policies:
              - { version: 1, servers: [github], tools: { anything: {} }, hide: ["delete_*"] }
              - { version: 1, tools: { "*__delete_*": { rules: [{ name: r, action: deny }] } } }
            identity: { scopes: { s: ["resource:github+file:///*"] } }
            """;
        Assert.Empty(ConfigurationFile.Parse(named, "good.yaml", s_offered).Warnings);
        var seen = Tenants + Servers + "policies: [{ version: 1, tools: { echo: { rules: [{ name: r, conditions: [{ path: session.servers, op: not_contains, value: githb }] }] } } }]\n";
        AssertSingle(Errors(seen), "bad.yaml", 5, "policies[0].tools.echo.rules[0].conditions[0].value", "there is no server 'githb'. Did you mean 'github'?");
    }

    [Theory]
    [InlineData("policies: [{ version: 1, tenants: ['acne*'] }]", "policies[0].tenants[0]", "'acne*' matches no tenant. Did you mean 'acme'?")]
    [InlineData("policies: [{ version: 1, clients: ['zz*x'] }]", "policies[0].clients[0]", "'zz*x' matches no client. Known: alice, bob, carol.")]
    [InlineData("policies: [{ version: 1, tenants: ['glob*'], clients: ['al*'] }]", "policies[0].clients[0]", "'al*' matches no client of tenant globex. Known: carol.")]
    [InlineData("policies: [{ version: 1, servers: ['Orleansmcp*'] }]", "policies[0].servers[0]", "'Orleansmcp*' matches no server. Did you mean 'OrleansMcp'?")]
    [InlineData("policies: [{ version: 1, hide: ['incre_*'] }]", "policies[0].hide[0]", "'incre_*' matches no tool. Did you mean 'increment'?")]
    [InlineData("policies: [{ version: 1, tools: { 'recrods_*': {} } }]", "policies[0].tools.recrods_*", "'recrods_*' matches no tool. Did you mean 'records_delete'?")]
    [InlineData("identity: { scopes: { s: ['tool:recrods_*'] } }", "identity.scopes.s[0]", "'recrods_*' matches no tool. Did you mean 'records_delete'?")]
    [InlineData("identity: { scopes: { s: ['toollog:secert_*'] } }", "identity.scopes.s[0]", "'secert_*' matches no tool. Did you mean 'secret_sign'?")]
    [InlineData("identity: { scopes: { s: ['prompt:sumarise*'] } }", "identity.scopes.s[0]", "'sumarise*' matches no prompt. Did you mean 'summarise'?")]
    [InlineData("identity: { scopes: { s: ['resource:demo://sesion/*'] } }", "identity.scopes.s[0]", "'demo://sesion/*' matches no resource. Did you mean 'demo://session/counter'?")]
    public void A_pattern_that_matches_nothing_is_doubtful(string section, string key, string message)
    {
        var warning = Assert.Single(ConfigurationFile.Parse(Tenants + section + "\n", "good.yaml", s_offered).Warnings);
        Assert.Equal(("good.yaml", 4L, key), (warning.File, warning.Line, warning.Key));
        Assert.StartsWith(message, warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_for_tools_that_are_all_of_another_server_is_doubtful_as_a_whole()
    {
        const string Foreign = Tenants + "policies:\n  - { version: 1, tools: { create_issue: {}, '*': {}, delete_repository: {} } }\n  - { version: 1, tools: { echo: {} } }\n";
        var warning = Assert.Single(ConfigurationFile.Parse(Foreign, "good.yaml", s_offered).Warnings);
        Assert.Equal((5L, "policies[0].tools.create_issue"), (warning.Line, warning.Key));
        Assert.Equal("there is no tool 'create_issue', nor 1 more of this policy. Rules about tools of other servers apply to nothing.", warning.Message);
    }

    [Theory]
    [InlineData("version: 1, tools: { create_issue: {}, echo: {} }")]
    [InlineData("version: 1, tools: { create_issue: {}, ehco: {} }")]
    [InlineData("version: 1, tenants: [acme], tools: { create_issue: {} }")]
    [InlineData("version: 1, hide: [create_issue]")]
    public void One_that_means_a_tool_of_this_server_or_somebody_of_it_is_not(string policy) =>
        Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse(Tenants + "policies: [{ " + policy + " }]\n", "bad.yaml", s_offered));

    [Theory]
    [InlineData("policies: [{ version: 1, servers: [OrleansMcp], tenants: [acme, globex], clients: [alice], hide: [session_open], tools: { '*': {}, echo: {} } }]")]
    [InlineData("policies: [{ version: 1, servers: ['*'], tenants: ['*'], clients: ['*'], hide: ['*'] }]")]
    [InlineData("policies: [{ version: 1, tenants: ['ac*'], clients: ['*ob'], tools: { 'inc*ment': { rules: [{ name: r, action: deny, tenants: ['*me'], clients: [bob] }] } } }]")]
    [InlineData("identity: { scopes: { s: ['tool:*', 'tool:session_*', tool:session_close, 'prompt:*', 'prompt:summarise', 'toollog:*', 'toollog:echo', tools/call] } }")]
    [InlineData("identity: { scopes: { s: ['resource:*', 'resource:demo://*', 'resource:demo://greeting/*', 'resource:demo://greeting/en', 'resource:demo://greeting/e*'] } }")]
    [InlineData("identity: { scopes: { s: ['records:alice/has:read', 'records:none*:write', 'records:*:read', 'records:alice/*:read'] } }")]
    [InlineData("cache: { tools: { echo: { ttl: 1s }, session_open: { ttl: 0s } } }")]
    public void What_there_is_may_be_named_and_namespaces_need_not_be_there(string section) =>
        Assert.Empty(ConfigurationFile.Parse(Tenants + section + "\n", "good.yaml", s_offered).Warnings);

    [Fact]
    public void What_a_server_offers_is_not_judged_where_that_is_not_known()
    {
        const string Tools = Tenants + "cache: { tools: { ehco: { ttl: 1s } } }\npolicies: [{ version: 1, servers: [else], tools: { ehco: {} } }]\n";
        Assert.Empty(ConfigurationFile.Parse(Tools, "good.yaml").Warnings);
        Assert.Throws<ConfigurationException>(static () => ConfigurationFile.Parse(Tenants + "policies: [{ version: 1, tenants: [acmee] }]", "bad.yaml"));
    }

    [Fact]
    public void A_misspelt_tenant_does_not_make_its_clients_unknown() =>
        AssertSingle(
            Errors(Tenants + "policies: [{ version: 1, tenants: [acmee, globex], clients: [alice] }]\n"),
            "bad.yaml", 4, "policies[0].tenants[0]", "there is no tenant 'acmee'. Did you mean 'acme'?");

    [Theory]
    [InlineData("tenants: { \"acme\\n\": {} }\n")]
    [InlineData("tenants: { a: { clients: { b: { permissions: [], keys: [{ sha256: \"" + Hash + "\\n\" }] } } } }\n")]
    public void An_id_and_a_hash_end_with_their_last_character(string yaml) => Assert.Single(Errors(yaml));

    private static IReadOnlyList<ConfigurationError> Errors(string yaml) =>
        Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse(yaml, "bad.yaml", s_offered)).Errors;

    private static void AssertSingle(IReadOnlyList<ConfigurationError> errors, string file, long line, string key, string message) =>
        Assert.Equal(new ConfigurationError(file, line, key, message), Assert.Single(errors));
}
