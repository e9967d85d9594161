using System.Net;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Configuration;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Authorization.Policies;

/// <summary>Policies as clients meet them, and the ways around them that other systems left open.</summary>
public sealed class PolicyHttpTests
{
    [Fact]
    public async Task A_denial_names_the_rule_and_when_to_come_back()
    {
        await using var server = await StartAsync("""
            version: "1"
            tools:
              policy_pay:
                rules:
                  - { name: at most 100, conditions: [{ path: args.amount, op: lte, value: 100 }], on_deny: Too much. }
                  - { name: two an hour, rate_limit: 2/hour }
            """);
        using var client = await server.Client().OpenAsync();
        var much = Details(await client.CallAsync("policy_pay", new { amount = 101 }));
        Assert.Equal("""{"code":"policy_denied","rule":"at most 100","message":"Too much."}""", much.ToJsonString());
        await client.CallTextAsync("policy_pay", new { amount = 1 });
        await client.CallTextAsync("policy_pay", new { amount = 1 });
        var reply = await client.CallAsync("policy_pay", new { amount = 1 });
        Assert.Equal(
            """{"code":"policy_denied","rule":"two an hour","message":"Rate limit of 2 per hour reached. Try again later.","retryAfterSeconds":3600}""",
            Details(reply).ToJsonString());
        Assert.Equal("policy_denied (rule 'two an hour'): Rate limit of 2 per hour reached. Try again later.", reply.ToolText);
        Assert.Equal(2, server.Gates["paid"].Passed);
        Assert.Equal(2, server.Signals[SignalName.PolicyDenied]);
        await Eventually.Holds(
            () => server.ReadAudit().Contains("policy_pay: at most 100", StringComparison.Ordinal), "the denial was audited");
    }

    [Fact]
    public Task A_key_in_another_case_slips_past_no_rule() => ExpectRefusedAsync(
        """{"amount":1000,"Amount":1}""",
        """{"Amount":1000,"amount":1}""",
        """{"amount":1,"\u0041mount":1000}""",
        """{"amount":1,"nested":{"a":[{"path":1,"PATH":2}]}}""");

    [Fact]
    public Task Arguments_that_are_no_object_reach_no_tool() => ExpectRefusedAsync("[]", "[{\"amount\":1}]", "\"amount\"", "1", "true");

    [Fact]
    public async Task A_negative_amount_does_not_refill_a_cap()
    {
        await using var server = await StartAsync(Cap);
        using var client = await server.Client().OpenAsync();
        await client.CallTextAsync("policy_pay", new { amount = 90 });
        Assert.Equal("cap", (string?)Details(await client.CallAsync("policy_pay", new { amount = -80 }))["rule"]);
        Assert.Equal("single", (string?)Details(await client.CallAsync("policy_pay", new { amount = "-80" }))["rule"]);
        Assert.Equal("cap", (string?)Details(await client.CallAsync("policy_pay", new { amount = 20 }))["rule"]);
        await client.CallTextAsync("policy_pay", new { amount = 10 });
        Assert.Equal(2, server.Gates["paid"].Passed);
    }

    [Theory]
    [InlineData(", per: session", true, true)]
    [InlineData(", per: client", false, true)]
    [InlineData("", false, true)] // as in Intercept: a client that begins a new session has no new limit
    [InlineData(", per: tenant", false, false)]
    public async Task One_clients_calls_use_up_no_other_clients_limit_unless_the_rule_says_so(string share, bool otherSession, bool otherClient)
    {
        await using var server = await StartAsync(
            $$"""{ version: 1, tools: { "policy_*": { rules: [ { name: limit, rate_limit: 1/day{{share}} } ] } } }""");
        using var client = await server.Client().OpenAsync();
        await client.CallTextAsync("policy_raw");
        Assert.True((await client.CallAsync("policy_pay")).ToolFailed);
        using var again = await server.Client().OpenAsync();
        Assert.Equal(!otherSession, (await again.CallAsync("policy_raw")).ToolFailed);
        using var bob = await server.Client(TestConfiguration.Bob).OpenAsync();
        Assert.Equal(!otherClient, (await bob.CallAsync("policy_raw")).ToolFailed);
        using var carol = await server.Client(TestConfiguration.Carol).OpenAsync();
        await carol.CallTextAsync("policy_raw");
    }

    [Fact]
    public async Task What_is_hidden_or_not_listed_vanishes_and_cannot_be_called()
    {
        await using var server = await StartAsync("""{ version: 1, default: deny, hide: [policy_secret], tools: { "policy_*": {}, whoami: {} } }""");
        using var client = await server.Client().OpenAsync();
        var listed = (await client.PostAsync(Rpc.Request(1, "tools/list"))).Result["tools"]!.AsArray().Select(tool => (string)tool!["name"]!);
        Assert.Equal(["policy_pay", "policy_raw", "whoami"], listed);
        Assert.Equal("hide", (string?)Details(await client.CallAsync("policy_secret"))["rule"]);
        Assert.Equal("default", (string?)Details(await client.CallAsync("echo", new { text = "x" }))["rule"]);
        Assert.Equal(0, server.Gates["secret"].Passed);

        using var modern = server.Modern();
        var tools = (await modern.SendAsync("tools/list")).Result;
        Assert.Equal("private", (string?)tools["cacheScope"]);
        Assert.DoesNotContain("session_open", tools["tools"]!.AsArray().Select(tool => (string)tool!["name"]!));
        Assert.Equal("default", (string?)Details(await modern.CallAsync("session_open"))["rule"]);
    }

    [Fact]
    public async Task Handles_are_opened_under_the_policies_too()
    {
        await using var server = await StartAsync("""{ version: 1, tools: { session_open: { rules: [{ name: few, rate_limit: 1/day }] } } }""");
        using var modern = server.Modern();
        await modern.OpenHandleAsync();
        Assert.Equal("few", (string?)Details(await modern.CallAsync("session_open"))["rule"]);
    }

    [Fact]
    public async Task A_call_that_asks_for_input_keeps_or_renews_its_reservation()
    {
        await using var server = await StartAsync("""{ version: 1, tools: { "test_*": { rules: [{ name: once, rate_limit: 1/day }] } } }""");
        foreach (var tool in new[] { "test_require", "test_elicit" })
        {
            using var modern = server.Modern(tool == "test_require" ? TestConfiguration.Alice : TestConfiguration.Bob);
            var parameters = Rpc.CallParams(tool);
            var asked = (await modern.SendAsync("tools/call", parameters)).Result;
            var answer = await modern.RetryAsync(parameters, asked, new { action = "accept", content = new { colour = "red" } });
            Assert.False(answer.ToolFailed, answer.Text);
            Assert.Equal("once", (string?)Details(await modern.CallAsync(tool))["rule"]);
        }
    }

    [Fact]
    public async Task What_was_judged_is_what_the_tool_gets_to_the_last_byte()
    {
        await using var server = await StartAsync(
            """{ version: 1, tools: { policy_raw: { rules: [{ name: r, conditions: [{ path: args.b, op: contains, value: 1 }] }] } } }""");
        using var client = await server.Client().OpenAsync();
        await Task.Run(() => Prop.ForAll(Texts().ToArbitrary(), text =>
        {
            var reply = client.PostAsync(
                $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"policy_raw","arguments":{"a":{{{text}}},"b" : [1.0 , {{{text}}}] } } }""")
                .GetAwaiter().GetResult();
            return reply.ToolText == $"a={text}\nb=[1.0 , {text}]";
        }).QuickCheckThrowOnFailure());
    }

    [Fact]
    public async Task A_changed_policy_file_is_in_force_soon_and_a_broken_one_never()
    {
        using var folder = new ScratchFolder();
        var (config, rules) = (Path.Combine(folder.Path, "server.yaml"), Path.Combine(folder.Path, "rules.yaml"));
        var hash = Convert.ToHexStringLower(ApiKey.Hash(TestConfiguration.Alice));
        await File.WriteAllTextAsync(
            config, $$"""
                tenants: { acme: { clients: { alice: { keys: [{ sha256: {{hash}}, demo: true }], permissions: ["tool:*"] } } } }
                policies: [rules.yaml]
                """);
        await File.WriteAllTextAsync(rules, "version: 1\nhide: [echo]\n");
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(new TestServerOptions { ConfigFile = config, Time = time });
        using var client = await server.Client().OpenAsync();
        Assert.True(await IsDeniedAsync("echo"));
        Assert.False(await IsDeniedAsync("whoami"));

        await File.WriteAllTextAsync(rules, "version: 1\nhide: [whoami]\n# another length\n");
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(await IsDeniedAsync("echo"));
        Assert.True(await IsDeniedAsync("whoami"));

        string[] slips = ["unknown: key", "tenants: [acmee]", "clients: [alise]", "servers: [orleansmcp]", "tools: { ehco: {} }", "tools: { echo: { rules: [{ name: r, action: deny, tenants: [acmee] }] } }"];
        foreach (var slip in slips)
        {
            await File.WriteAllTextAsync(rules, $"version: 1\nhide: [echo, whoami]\n{slip}\n");
            time.Advance(TimeSpan.FromSeconds(3));
            Assert.False(await IsDeniedAsync("echo"));
            Assert.True(await IsDeniedAsync("whoami"));
        }

        await File.WriteAllTextAsync(rules, "version: 1\n");
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(await IsDeniedAsync("whoami"));

        async Task<bool> IsDeniedAsync(string tool) =>
            (string?)(await client.CallAsync(tool, new { text = "x" })).Result["structuredContent"]?["code"] == "policy_denied";
    }

    private const string Cap = """
        version: "1"
        tools:
          policy_pay:
            rules:
              - name: cap
                conditions: [{ path: state.policy_pay.spent, op: lte, value: 100 }]
                state: { counter: spent, window: day, increment_from: args.amount, per: client }
              - name: single
                conditions: [{ path: args.amount, op: lte, value: 100 }]
        """;

    /// <summary>JSON values in spellings that a rewriting would change.</summary>
    private static Gen<string> Texts() => Gen.OneOf(
        Gen.Elements("1e2", "1.0", "-0", "100000000000000000000000000000001", "0.10", "\"\\u0061\"", "\"a\\/b\"", "{ \"x\" :1}", "[ ]", "null", "\"é\"", "\"\\ud83d\\ude00\""),
        Gen.Choose(-1000, 1000).Select(number => $"{number}.{Math.Abs(number)}e{number % 20}"),
        Gen.Choose(0x20, 0x7e).Where(letter => letter is not ('"' or '\\')).Select(letter => $"\"{(char)letter}\\u00{letter:x2}\""));

    private static async Task ExpectRefusedAsync(params string[] cases)
    {
        await using var server = await StartAsync(Cap);
        foreach (var arguments in cases)
        {
            await Case.OfAsync(arguments, async () =>
            {
                using var client = await server.Client().OpenAsync();
                var reply = await client.PostAsync(
                    $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"policy_pay","arguments":{{{arguments}}}}}""");
                Assert.Equal(-32602, reply.ErrorCode);
                Assert.Equal(0, server.Gates["paid"].Passed);
            });
        }
    }

    private static JsonNode Details(RawReply reply)
    {
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.True(reply.ToolFailed, reply.Text);
        return reply.Result["structuredContent"]!;
    }

    private static Task<TestServer> StartAsync(string policy) => TestServer.StartAsync(new TestServerOptions
    {
        Configuration = TestConfiguration.With() with { Policies = new PolicySet([Judging.Read(policy)]) },
        Time = new FakeTimeProvider(), // no window turns while a test counts
        Customise = builder => builder.Services.AddMcpServer().WithTools<PolicyTools>(),
    });
}
