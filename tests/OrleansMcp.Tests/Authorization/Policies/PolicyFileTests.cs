using OrleansMcp.Configuration;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;
using static OrleansMcp.Tests.Authorization.Policies.Judging;

namespace OrleansMcp.Tests.Authorization.Policies;

/// <summary>The language: what a file says, for whom, and that a mistake in it is found with its line and key.</summary>
public sealed class PolicyFileTests
{
    /// <summary>What its users write today, in the words of Intercept's language and none of ours.</summary>
    private const string AsForIntercept = """
        version: "1"
        description: "Payments"
        default: "allow"
        hide:
          - transfer_repository
        tools:
          list_charges:
              rules: []
          nothing_said:
          create_charge:
            rules:
              - name: "max single charge"
                conditions:
                  - path: "args.amount"
                    op: "lte"
                    value: 50000
                on_deny: "Single charge cannot exceed $500.00"
              - name: "daily spend cap"
                action: evaluate
                conditions:
                  - path: "state.create_charge.daily_spend"
                    op: "lt"
                    value: 1000000
                state:
                  counter: "daily_spend"
                  window: "day"
                  increment_from: "args.amount"
          delete_customer:
            rules:
              - name: "block destructive action"
                action: "deny"
                on_deny: "Customer deletion is not permitted"
          "*":
            rules:
              - name: "global rate limit"
                rate_limit: 60/minute
        """;

    [Theory]
    [InlineData("list_charges", "{}", null)]
    [InlineData("nothing_said", "{}", null)]
    [InlineData("not_listed", "{}", null)]
    [InlineData("create_charge", """{"amount":500}""", null)]
    [InlineData("create_charge", """{"amount":50001}""", "max single charge")]
    [InlineData("create_charge", """{"amount":-1}""", "daily spend cap")]
    [InlineData("create_charge", """{"amount":"1"}""", "max single charge")]
    [InlineData("create_charge", "{}", "max single charge")]
    [InlineData("delete_customer", "{}", "block destructive action")]
    [InlineData("transfer_repository", "{}", "hide")]
    public void A_file_written_for_Intercept_means_the_same(string tool, string arguments, string? rule) =>
        Assert.Equal(rule, SetOf(AsForIntercept).Judge(tool, arguments)?.Rule);

    [Theory]
    [InlineData("-0.01", false)]
    [InlineData("0", true)]
    [InlineData("0.000000001", true)]
    [InlineData("0.0000000001", false)] // a sum of such amounts would be rounded
    [InlineData("1e-30", false)]
    [InlineData("49999.999999999", true)]
    [InlineData("4.9e4", true)]
    public void An_amount_is_counted_exactly_or_not_at_all(string amount, bool allowed) =>
        Assert.Equal(allowed, SetOf(AsForIntercept).Judge("create_charge", $$"""{"amount":{{amount}}}""") is null);

    [Fact]
    public void A_denial_has_the_rules_own_words_or_names_the_rule()
    {
        Assert.Equal("Single charge cannot exceed $500.00", SetOf(AsForIntercept).Judge("create_charge", """{"amount":1e6}""")?.Message);
        Assert.Equal("Denied by rule 'the rule'.", SetOf(Rule("path: args.x, op: exists, value: true")).Judge("t", "{}")?.Message);
        Assert.Equal(
            "Denied by rule 'daily spend cap': args.amount is negative.", SetOf(AsForIntercept).Judge("create_charge", """{"amount":-1}""")?.Message);
    }

    [Theory]
    [InlineData("records_put", "own")]
    [InlineData("records_get", "pattern")]
    [InlineData("records", "all")]
    [InlineData("Records.put", "all")]
    public void Own_rules_come_before_those_of_patterns_and_those_for_all(string tool, string rule) => Assert.Equal(rule, SetOf("""
        version: 1
        tools:
          "*": { rules: [{ name: all, action: deny }] }
          "records_*": { rules: [{ name: pattern, action: deny }] }
          records_put: { rules: [{ name: own, action: deny }] }
        """).Judge(tool, "{}")?.Rule);

    [Theory]
    [InlineData("listed", null)]
    [InlineData("family.one", null)]
    [InlineData("unlisted", "default")]
    [InlineData("Listed", "default")]
    [InlineData("*", "default")]
    public void Default_deny_permits_what_is_listed_and_rules_for_all_list_nothing(string tool, string? rule) => Assert.Equal(rule, SetOf("""
        version: "1"
        default: deny
        tools: { listed: { rules: [] }, "family.*": {}, "*": { rules: [] } }
        """).Judge(tool, "{}")?.Rule);

    [Theory]
    [InlineData("acme", "alice", "file")]
    [InlineData("acme", "bob", null)]
    [InlineData("globex", "alice", null)]
    [InlineData("globex", "carol", "rule")]
    [InlineData("initech", "dave", "wild")]
    public void Files_and_rules_are_for_those_whom_they_name(string tenant, string client, string? rule) => Assert.Equal(rule, SetOf("""
        version: "1"
        tenants: [acme]
        clients: [alice]
        tools: { t: { rules: [{ name: file, action: deny }] } }
        """, """
        version: "1"
        tools: { t: { rules: [
          { name: rule, action: deny, tenants: [globex], clients: [carol] },
          { name: wild, action: deny, tenants: ["ini*"] },
          { name: other server, action: deny, servers: [elsewhere] } ] } }
        """).Judge("t", "{}", tenant, client)?.Rule);

    [Fact]
    public void Every_policy_must_let_a_call_pass()
    {
        var policies = SetOf("version: 1\ndefault: deny\ntools: { t: {} }\n", "version: 1\nhide: ['t*']\n");
        Assert.Equal("hide", policies.Judge("t", "{}")?.Rule);
        Assert.Equal("default", policies.Judge("u", "{}")?.Rule);
    }

    [Theory]
    [InlineData("tools: {}\n", 1, "")]
    [InlineData("version: 2\n", 1, "version")]
    [InlineData("version: 1\ndefault: block\n", 2, "default")]
    [InlineData("version: 1\nhide: [a, a]\n", 2, "hide[1]")]
    [InlineData("version: 1\nhide: ['']\n", 2, "hide[0]")]
    [InlineData("version: 1\nhidden: [a]\n", 2, "hidden")]
    [InlineData("version: 1\nDefault: deny\n", 2, "Default")]
    [InlineData("version: 1\ntools:\n  t:\n    rule: []\n", 4, "tools.t.rule")]
    [InlineData("version: 1\ntools:\n  t:\n    rules:\n      - { action: deny }\n", 5, "tools.t.rules[0]")]
    [InlineData("version: 1\ntools:\n  t:\n    rules:\n      - { name: '', action: deny }\n", 5, "tools.t.rules[0].name")]
    [InlineData("version: 1\ntools:\n  t:\n    rules:\n      - { name: r, action: stop, rate_limit: 1/day }\n", 5, "tools.t.rules[0].action")]
    [InlineData("version: 1\ntools:\n  t:\n    rules:\n      - { name: r }\n", 5, "tools.t.rules[0].conditions")]
    [InlineData("version: 1\ntools:\n  t:\n    rules:\n      - { name: r, conditions: [] }\n", 5, "tools.t.rules[0].conditions")]
    [InlineData("version: 1\ntools:\n  t:\n    rules:\n      - { name: r, condition: [] , rate_limit: 1/day }\n", 5, "tools.t.rules[0].condition")]
    [InlineData("version: 1\ntools:\n  t:\n    rules:\n      - { name: r, action: deny, conditions: [{ path: args.x, op: eq, value: 1 }] }\n", 5, "tools.t.rules[0].conditions")]
    [InlineData("version: 1\ntools:\n  t:\n    rules:\n      - { name: r, rate_limit: 0/hour }\n", 5, "tools.t.rules[0].rate_limit", 2)]
    [InlineData("version: 1\ntools:\n  t:\n    rules:\n      - { name: r, rate_limit: 5/week }\n", 5, "tools.t.rules[0].rate_limit", 2)]
    [InlineData("version: 1\ntools:\n  t:\n    rules:\n      - { name: r, rate_limit: -5/hour }\n", 5, "tools.t.rules[0].rate_limit", 2)]
    [InlineData("version: 1\ntools:\n  t:\n    rules:\n      - { name: r, rate_limit: 5/hour, conditions: [] }\n", 5, "tools.t.rules[0].rate_limit")]
    [InlineData("version: 1\ntools:\n  t:\n    rules:\n      - { name: r, rate_limit: 5/hour, action: deny }\n", 5, "tools.t.rules[0].rate_limit")]
    [InlineData("version: 1\ntools:\n  t:\n    rules:\n      - { name: r, rate_limit: 5/hour, per: everyone }\n", 5, "tools.t.rules[0].per")]
    [InlineData("version: 1\ntools:\n  t:\n    rules:\n      - { name: r, rate_limit: 5/hour }\n      - { name: s, rate_limit: 6/hour }\n", 6, "tools.t.rules[1].counter")]
    public void A_mistake_in_a_rule_names_its_line_and_key(string yaml, int line, string key, int count = 1)
    {
        var mistakes = Mistakes(yaml);
        Assert.Equal(count, mistakes.Count);
        Assert.Contains(("policy.yaml", (long)line, key), mistakes.Select(mistake => (mistake.File, mistake.Line, mistake.Key)));
    }

    [Theory]
    [InlineData("path: args.x, op: equals, value: 1", "op")]
    [InlineData("path: args.x, op: EQ, value: 1", "op")]
    [InlineData("path: arguments.x, op: eq, value: 1", "path")]
    [InlineData("path: args., op: eq, value: 1", "path")]
    [InlineData("path: args.x..y, op: eq, value: 1", "path")]
    [InlineData("path: args.x, op: eq", "value")]
    [InlineData("path: args.x, op: eq, value: [1]", "value")]
    [InlineData("path: args.x, op: eq, value: 010", "value")]
    [InlineData("path: args.x, op: eq, value: 0x10", "value")]
    [InlineData("path: args.x, op: eq, value: 1_000", "value")]
    [InlineData("path: args.x, op: eq, value: 2026-07-28", "value")]
    [InlineData("path: args.x, op: in, value: [2026-7-8 10:00:00]", "value")]
    [InlineData("path: args.x, op: lt, value: .inf", "value")]
    [InlineData("path: args.x, op: lt, value: 1e99999999999", "value")]
    [InlineData("path: args.x, op: in, value: usd", "value")]
    [InlineData("path: args.x, op: in, value: [[usd]]", "value")]
    [InlineData("path: args.x, op: lt, value: many", "value")]
    [InlineData("path: args.x, op: lt, value: \"5\"", "value")]
    [InlineData("path: args.x, op: exists, value: 1", "value")]
    [InlineData("path: args.x, op: regex, value: 5", "value")]
    [InlineData("path: args.x, op: regex, value: '('", "value")]
    [InlineData("path: args.x, op: regex, value: '(a)\\1'", "value")]
    [InlineData("path: args.x, op: eq, value: 1, extra: 2", "extra")]
    [InlineData("path: state.t.none, op: lt, value: 1", "path")]
    public void A_mistake_in_a_condition_names_its_line_and_key(string condition, string key)
    {
        var mistake = Assert.Single(Mistakes(Rule(condition)));
        Assert.Equal((2L, $"tools.t.rules[0].conditions[0].{key}"), (mistake.Line, mistake.Key));
    }

    [Theory]
    [InlineData("counter: '', window: day", "counter")]
    [InlineData("counter: c, window: week", "window")]
    [InlineData("counter: c, window: day, increment: -1", "increment")]
    [InlineData("counter: c, window: day, increment: 0", "increment")]
    [InlineData("counter: c, window: day, increment: many", "increment")]
    [InlineData("counter: c, window: day, increment_from: amount", "increment_from")]
    [InlineData("counter: c, window: day, per: all", "per")]
    [InlineData("counter: c, window: day, step: 2", "step")]
    public void A_mistake_in_a_counter_names_its_line_and_key(string state, string key) => Assert.Contains(
        (3L, $"tools.t.rules[0].state.{key}"),
        Mistakes($$"""
            version: "1"
            tools: { t: { rules: [{ name: r, conditions: [{ path: args.x, op: exists, value: true }],
              state: { {{state}} } }] } }
            """).Select(mistake => (mistake.Line, mistake.Key)));

    [Fact]
    public void The_configuration_names_files_beside_it_and_holds_policies_of_its_own()
    {
        using var folder = new ScratchFolder();
        var file = Path.Combine(folder.Path, "server.yaml");
        File.WriteAllText(file, "tenants: { a: {} }\npolicies:\n  - rules/one.yaml\n  - { version: 1, hide: [b] }\n");
        Directory.CreateDirectory(Path.Combine(folder.Path, "rules"));
        File.WriteAllText(Path.Combine(folder.Path, "rules", "one.yaml"), "version: 1\nhide: [a]\n");
        var policies = ConfigurationFile.Load(file).Policies;
        Assert.Equal(2, policies.Count);
        Assert.NotNull(policies.Judge("a", "{}"));
        Assert.NotNull(policies.Judge("b", "{}"));
        Assert.Null(policies.Judge("c", "{}"));
    }

    [Fact]
    public void A_mistake_in_a_policy_file_names_that_file()
    {
        using var folder = new ScratchFolder();
        var (file, one, two) = (Path.Combine(folder.Path, "server.yaml"), Path.Combine(folder.Path, "one.yaml"), Path.Combine(folder.Path, "two.yaml"));
        File.WriteAllText(file, "tenants: { a: {} }\npolicies: [one.yaml, two.yaml, three.yaml, two.yaml, { version: 3 }]\n");
        File.WriteAllText(one, "version: 1\nhide: 5\n");
        File.WriteAllText(two, "version: 1\n");
        var errors = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(file)).Errors;
        Assert.Equal(
            [(file, 2, "policies[3]"), (file, 2, "policies[4].version"), (one, 2, "hide"), (Path.Combine(folder.Path, "three.yaml"), 1, "")],
            errors.Select(error => (error.File, error.Line, error.Key)));
    }
}
