using OrleansMcp.Authorization.Policies;
using static OrleansMcp.Tests.Authorization.Policies.Judging;

namespace OrleansMcp.Tests.Authorization.Policies;

/// <summary>Files in the words of Intercept's language alone: they load, count for the client, and what cannot mean the same is an error.</summary>
public sealed class InterceptFileTests
{
    /// <summary>Every construct of the language once.</summary>
    private const string Everything = """
        # A comment.
        version: "1"
        description: "Everything that its reference describes"
        default: "deny"
        hide:
          - drop_database

        # ── a heading as its scaffolds have them ──
        tools:
          list_things:
            rules: []
          say_nothing:
          push:
            rules:
              - name: "hourly"
                rate_limit: 5/hour
                on_deny: "Five an hour"
              - name: "daily"
                rate_limit: 20/day
              - name: "not while many are open"
                conditions:
                  - path: "state.open_thing.opened"
                    op: "lt"
                    value: 3
                  - path: "state.push._rate_hour"
                    op: "lte"
                    value: 4
              - name: "argument checks"
                action: "evaluate"
                conditions:
                  - { path: "args.branch", op: "neq", value: "main" }
                  - { path: "args.branch", op: "regex", value: "^(?P<kind>feat|fix)/[[:word:]-]{1,40}$" }
                  - { path: "args.labels", op: "contains", value: "agent" }
                  - { path: "args.commit.size", op: "gt", value: 0 }
                  - { path: "args.commit.size", op: "lt", value: 1.5e3 }
                  - { path: "args.commit.files", op: "gte", value: 1 }
                  - { path: "args.commit.files", op: "lte", value: 20 }
                  - { path: "args.remote", op: "in", value: ["origin", "fork"] }
                  - { path: "args.remote", op: "not_in", value: [] }
                  - { path: "args.force", op: "exists", value: false }
                  - { path: "args.signed", op: "eq", value: true }
          open_thing:
            rules:
              - name: "three a minute"
                conditions:
                  - path: "state.open_thing.opened"
                    op: "lt"
                    value: 4
                state:
                  counter: "opened"
                  window: "minute"
                  increment: 1
              - name: "weight"
                conditions:
                  - path: "state.open_thing.weight"
                    op: "lte"
                    value: 100
                state:
                  counter: "weight"
                  window: "day"
                  increment_from: "args.thing.weight"
          remove_everything:
            rules:
              - name: "never"
                action: "deny"
                on_deny: "Not by an agent"
          "*":
            rules:
              - name: "all calls"
                conditions:
                  - path: "state._global.calls"
                    op: "lte"
                    value: 60
                state:
                  counter: "calls"
                  window: "minute"
        """;

    private const string Push = """
        { "branch": "feat/a_b-c", "labels": ["agent"], "commit": { "size": 1499, "files": 20 }, "remote": "fork", "signed": true }
        """;

    [Theory]
    [InlineData("push", Push, null)]
    [InlineData("push", "{}", "argument checks")]
    [InlineData("list_things", "{}", null)]
    [InlineData("say_nothing", "{}", null)]
    [InlineData("open_thing", """{"thing":{"weight":7}}""", null)]
    [InlineData("open_thing", """{"thing":{}}""", "weight")]
    [InlineData("remove_everything", "{}", "never")]
    [InlineData("drop_database", "{}", "hide")]
    [InlineData("anything_else", "{}", "default")]
    public void Every_construct_loads_and_judges(string tool, string arguments, string? rule) =>
        Assert.Equal(rule, SetOf(Everything).Judge(tool, arguments)?.Rule);

    [Theory]
    [InlineData("push", Push, "hourly", "daily", "not while many are open", "not while many are open", "all calls")]
    [InlineData("open_thing", """{"thing":{"weight":7}}""", "three a minute", "weight", "all calls")]
    public void Every_counter_is_the_clients_and_begins_no_new_life_with_a_session(string tool, string arguments, params string[] rules)
    {
        Assert.Null(SetOf(Everything).For(new PolicySubject("srv", "acme", "alice")).For(new PolicyTool(tool)).Judge(new(Json(arguments)), out var claims));
        Assert.Equal(rules, claims!.Select(claim => claim.Rule.Rule.Name));
        Assert.All(claims!, claim => Assert.False(claim.Counter.IsLocal));
        Assert.All(claims!, claim => Assert.StartsWith("client|alice|", claim.Claim.Counter, StringComparison.Ordinal));
    }

    [Fact]
    public void A_limit_for_the_session_stands_beside_the_clients_under_another_name()
    {
        var policies = SetOf("""
            version: "1"
            tools: { t: { rules: [{ name: client, rate_limit: 9/hour }, { name: session, rate_limit: 5/hour, per: session }] } }
            """);
        policies.For(new PolicySubject("srv", "acme", "alice")).For(new PolicyTool("t")).Judge(new(Json("{}")), out var claims);
        Assert.Equal(["t._rate_hour", "t._rate_hour_session"], claims!.Select(claim => claim.Counter.Use.Counter.Path));
        Assert.Equal([false, true], claims!.Select(claim => claim.Counter.IsLocal));
    }

    [Theory]
    [InlineData("path: state.t._rate_hour, op: regex, value: '5'", "op")] // there it denies every call
    [InlineData("path: state.t, op: lte, value: 5", "path")] // there it lets every call pass
    [InlineData("path: args.x, op: eq, value: { a: 1 }", "value")] // there it is compared as Go prints it
    [InlineData("path: args.x, op: eq, value: 2026-07-28", "value")] // there it is never equal
    [InlineData("path: args.x, op: eq, values: 1", "values")] // there it is skipped
    public void What_cannot_mean_the_same_is_an_error_with_its_key(string condition, string key) => Assert.Contains(
        $"tools.t.rules[1].conditions[0].{key}",
        Mistakes($$"""
            version: "1"
            tools: { t: { rules: [{ name: limit, rate_limit: 1/hour }, { name: r, conditions: [{ {{condition}} }] }] } }
            """).Select(mistake => mistake.Key));
}
