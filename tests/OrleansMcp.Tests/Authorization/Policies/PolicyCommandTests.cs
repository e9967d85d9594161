using OrleansMcp.Authorization.Policies;
using OrleansMcp.Server;
using OrleansMcp.Tests.Commands;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;
using static OrleansMcp.Tests.Authorization.Policies.Judging;

namespace OrleansMcp.Tests.Authorization.Policies;

/// <summary>The command line: what a policy makes of a call, and what is wrong with a policy.</summary>
public sealed class PolicyCommandTests
{
    private const string Policy = """
        version: "1"
        tools:
          pay:
            rules:
              - { name: euros, conditions: [{ path: args.currency, op: in, value: [eur] }], clients: [alice] }
              - name: cap
                conditions: [{ path: state.pay.spent, op: lte, value: 100 }]
                state: { counter: spent, window: day, increment_from: args.amount }
              - { name: note, conditions: [{ path: args.note, op: exists, value: false }] }
        """;

    [Theory]
    [InlineData("""{"name":"pay","arguments":{"amount":5,"currency":"eur"}}""", 0)]
    [InlineData("""{"name":"pay","arguments":{"amount":5,"currency":"usd"}}""", 1)]
    [InlineData("""{"name":"pay","arguments":{"amount":101,"currency":"eur"}}""", 1)]
    [InlineData("""{"name":"pay"}""", 1)]
    [InlineData("""{"name":"other"}""", 0)]
    [InlineData("""{"name":"pay","arguments":[]}""", 2)]
    [InlineData("""{"name":"pay","arguments":{"a":1,"A":2}}""", 2)]
    [InlineData("""{"name":"pay","arguments":{"a":1,"a":2}}""", 2)]
    [InlineData("""{"arguments":{}}""", 2)]
    [InlineData("not json", 2)]
    public async Task Explain_ends_with_the_verdict(string call, int code)
    {
        using var folder = new ScratchFolder();
        var file = Path.Combine(folder.Path, "policy.yaml");
        await File.WriteAllTextAsync(file, Policy);
        Assert.Equal(code, await Program.Main(["policy", "explain", "--policy", file, "--call", call, "--tenant", "acme", "--client", "alice"]));
    }

    [Fact]
    public async Task Explain_and_check_end_with_an_exit_code_for_a_policy_that_is_not_valid()
    {
        using var folder = new ScratchFolder();
        var (file, config) = (Path.Combine(folder.Path, "policy.yaml"), Path.Combine(folder.Path, "server.yaml"));
        await File.WriteAllTextAsync(file, "version: 1\ntools: 3\n");
        await File.WriteAllTextAsync(config, "tenants: { a: {} }\npolicies: [policy.yaml]\n");
        Assert.Equal(2, await Program.Main(["policy", "explain", "--policy", file, "--call", """{"name":"t"}"""]));
        Assert.Equal(2, await Program.Main(["policy", "explain", "--policy", file + ".missing", "--call", """{"name":"t"}"""]));
        Assert.Equal(1, await Program.Main(["config", "check", config]));
        await File.WriteAllTextAsync(file, "version: 1\ntools: {}\n");
        Assert.Equal(0, await Program.Main(["config", "check", config]));
    }

    [Fact]
    public void An_explanation_shows_every_rule_the_value_it_saw_and_why()
    {
        var explained = Explain("""{"amount":250,"currency":"usd"}""");
        Assert.False(explained.IsAllowed);
        Assert.Equal(
            [
                "policy0.yaml: rule 'euros' FAILS",
                "    args.currency in [\"eur\"]: \"usd\": does not hold",
                "policy0.yaml: rule 'cap' FAILS",
                "    state.pay.spent lte 100: counted per client and day, from 0 this call adds 250: does not hold",
                "policy0.yaml: rule 'note' holds",
                "    args.note exists false: nothing is there: holds",
                "DENIED by rule 'euros': Denied by rule 'euros'.",
            ],
            explained.Lines);
    }

    [Theory]
    [InlineData("""{"amount":-5,"currency":"eur"}""", "cap", "    state.pay.spent: args.amount is negative")]
    [InlineData("""{"amount":5,"currency":1}""", "euros", "    args.currency in [\"eur\"]: 1 is of a type that is not compared: fails")]
    [InlineData("""{"amount":5,"CURRENCY":"eur"}""", "euros", "    args.currency in [\"eur\"]: the key is written in another case: fails")]
    [InlineData("""{"amount":5}""", "euros", "    args.currency in [\"eur\"]: nothing is there: fails")]
    public void An_explanation_says_why_a_value_does_not_do(string arguments, string rule, string line)
    {
        var explained = Explain(arguments);
        Assert.Contains(line, explained.Lines);
        Assert.StartsWith($"DENIED by rule '{rule}'", explained.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_explanation_is_for_the_caller_it_is_asked_for() =>
        Assert.DoesNotContain("euros", string.Concat(Explain("""{"amount":5}""", "bob").Lines), StringComparison.Ordinal);

    [Fact]
    public async Task Explain_says_that_no_policy_applies_and_for_whom_they_are()
    {
        using var folder = new ScratchFolder();
        var file = Path.Combine(folder.Path, "policy.yaml");
        await File.WriteAllTextAsync(
            file, "version: 1\ndefault: deny\nservers: ['*']\ntenants: [acmee]\nclients: [alise, bob]\ntools: {}\n", TestContext.Current.CancellationToken);
        var (code, output, error) = await Run.AsCommandAsync(
            "policy", "explain", "--policy", file, "--tenant", "acme", "--client", "alice", "--call", """{"name":"charge"}""");
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(
            [
                $"{file}: not for acme/alice on OrleansMcp, only for servers [*], tenants [acmee], clients [alise, bob]",
                "NO POLICY APPLIES to acme/alice on OrleansMcp: everything that its permissions allow is allowed",
            ],
            output.Trim().Split(Environment.NewLine));
        Assert.Equal("ALLOWED: no rule is about other", Explanation.Of(SetOf(Policy), "srv", "acme", "alice", "other", Json("{}"), DateTimeOffset.UnixEpoch).Lines[^1]);
    }

    [Theory]
    [InlineData("acme", "alice", "echo", 1, "DENIED by rule 'default': Tool 'echo' is not permitted by policy.", "")]
    [InlineData("globex", "carol", "echo", 0, "NO POLICY APPLIES to globex/carol on OrleansMcp: everything that its permissions allow is allowed", "")]
    [InlineData("acme", "alice", "github__echo", 1, "DENIED by rule 'default': Tool 'github__echo' is not permitted by policy.", "")]
    [InlineData("acme", "alice", "githb__echo", 2, "", "there is no server 'githb'. Did you mean 'github'?")]
    [InlineData("acmee", "alice", "echo", 2, "", "there is no tenant 'acmee'. Did you mean 'acme'?")]
    [InlineData("acme", "carol", "echo", 2, "", "there is no client 'carol' of tenant acme. Known: alice.")]
    [InlineData("acme", "alice", "ehco", 2, "", "there is no tool 'ehco'. Did you mean 'echo'?")]
    [InlineData("acme", "alice*", "echo", 2, "", "there is no client 'alice*' of tenant acme. Did you mean 'alice'? No pattern is read here.")]
    public async Task Explain_with_a_configuration_knows_who_and_what_there_is(string tenant, string client, string tool, int code, string last, string error)
    {
        using var folder = new ScratchFolder();
        var (config, file) = (Path.Combine(folder.Path, "server.yaml"), Path.Combine(folder.Path, "policy.yaml"));
        await File.WriteAllTextAsync(config, """
            tenants: { acme: { clients: { alice: { permissions: [] } } }, globex: { clients: { carol: { permissions: [] } } } }
            servers: { github: { url: "https://mcp.example.com/mcp" } }
            policies: [policy.yaml]
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file, "version: 1\ndefault: deny\ntenants: [acme]\n", TestContext.Current.CancellationToken);
        string[] question = ["--config", config, "--tenant", tenant, "--client", client, "--call", $$"""{"name":"{{tool}}"}"""];
        foreach (var arguments in new[] { question, [.. question, "--policy", file] })
        {
            var answer = await Run.AsCommandAsync(["policy", "explain", .. arguments]);
            Assert.Equal((code, last, error), (answer.Code, answer.Output.Trim().Split(Environment.NewLine)[^1], answer.Error.Trim()));
        }

        await File.WriteAllTextAsync(file, "version: 1\nclients: [alise]\n", TestContext.Current.CancellationToken);
        var misspelt = await Run.AsCommandAsync(["policy", "explain", .. question, "--policy", file]);
        Assert.Equal((2, true), (misspelt.Code, misspelt.Error.Contains("policy.yaml:2: clients[0]: there is no client 'alise'. Did you mean 'alice'?", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Explain_needs_policies_or_a_configuration() =>
        Assert.Equal(2, (await Run.AsCommandAsync("policy", "explain", "--call", """{"name":"echo"}""")).Code);

    private static Explanation Explain(string arguments, string client = "alice") =>
        Explanation.Of(SetOf(Policy), "srv", "acme", client, "pay", Json(arguments), DateTimeOffset.UnixEpoch);
}
