using OrleansMcp.Authorization.Policies;
using OrleansMcp.Server;
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

    private static Explanation Explain(string arguments, string client = "alice") =>
        Explanation.Of(SetOf(Policy), "srv", "acme", client, "pay", Json(arguments), DateTimeOffset.UnixEpoch);
}
