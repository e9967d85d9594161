using OrleansMcp.Authorization.Policies;
using static OrleansMcp.Tests.Authorization.Policies.Judging;

namespace OrleansMcp.Tests.Authorization.Policies;

/// <summary>Every operator: what holds, what does not, and that what cannot be compared fails.</summary>
public sealed class OperatorTests
{
    [Theory]
    [InlineData("eq, value: main", """{"x":"main"}""")]
    [InlineData("eq, value: main", """{"x":"m\u0061in"}""")]
    [InlineData("eq, value: 100", """{"x":1e2}""")]
    [InlineData("eq, value: 1", """{"x":1.0}""")]
    [InlineData("eq, value: 1.50", """{"x":15E-1}""")]
    [InlineData("eq, value: +5.", """{"x":5}""")]
    [InlineData("eq, value: .5", """{"x":0.5}""")]
    [InlineData("eq, value: 0", """{"x":-0.00e7}""")]
    [InlineData("eq, value: true", """{"x":true}""")]
    [InlineData("eq, value: null", """{"x":null}""")]
    [InlineData("eq, value: \"5\"", """{"x":"5"}""")]
    [InlineData("neq, value: draft", """{"x":"main"}""")]
    [InlineData("neq, value: 3", """{"x":4}""")]
    [InlineData("in, value: [usd, eur]", """{"x":"eur"}""")]
    [InlineData("in, value: [1, two]", """{"x":1.0}""")]
    [InlineData("not_in, value: [admin]", """{"x":"user"}""")]
    [InlineData("not_in, value: []", """{"x":"gbp"}""")]
    [InlineData("lt, value: 100", """{"x":99.999999999999999999999999999999}""")]
    [InlineData("lte, value: 100", """{"x":1e2}""")]
    [InlineData("lte, value: -1", """{"x":-1.5}""")]
    [InlineData("gt, value: 0", """{"x":1e-300}""")]
    [InlineData("gt, value: 99999999999999999999999999999998", """{"x":99999999999999999999999999999999}""")]
    [InlineData("gte, value: 1", """{"x":1}""")]
    [InlineData("regex, value: '^feat/'", """{"x":"feat/one"}""")]
    [InlineData("contains, value: est", """{"x":"a test"}""")]
    [InlineData("contains, value: 2", """{"x":[1,2.0,"3"]}""")]
    [InlineData("exists, value: true", """{"x":0}""")]
    [InlineData("exists, value: false", """{"y":0}""")]
    [InlineData("exists, value: false", """{"x":null}""")]
    public void Holds(string condition, string arguments) =>
        Assert.Null(SetOf(Rule($"path: args.x, op: {condition}")).Judge("t", arguments));

    [Theory]
    [InlineData("eq, value: main", """{"x":"Main"}""")]
    [InlineData("eq, value: main", """{"x":"main "}""")]
    [InlineData("eq, value: 5", """{"x":"5"}""")]
    [InlineData("eq, value: \"5\"", """{"x":5}""")]
    [InlineData("eq, value: \"true\"", """{"x":true}""")]
    [InlineData("eq, value: 1", """{"x":true}""")]
    [InlineData("eq, value: 9007199254740992", """{"x":9007199254740993}""")]
    [InlineData("eq, value: 1e400", """{"x":1e401}""")]
    [InlineData("eq, value: 1", """{"x":1e99999999999999999999}""")]
    [InlineData("neq, value: 1", """{"x":1e99999999999999999999}""")]
    [InlineData("neq, value: admin", """{"x":"admin"}""")]
    [InlineData("neq, value: admin", """{"x":["admin"]}""")]
    [InlineData("neq, value: admin", """{"x":null}""")]
    [InlineData("neq, value: admin", """{"x":{}}""")]
    [InlineData("neq, value: 3", """{"x":"3"}""")]
    [InlineData("neq, value: 3", """{"x":3.000}""")]
    [InlineData("in, value: [usd, eur]", """{"x":"gbp"}""")]
    [InlineData("in, value: []", """{"x":"gbp"}""")]
    [InlineData("not_in, value: [admin]", """{"x":"admin"}""")]
    [InlineData("not_in, value: [admin]", """{"x":["admin"]}""")]
    [InlineData("not_in, value: [admin]", """{"x":1}""")]
    [InlineData("not_in, value: [1]", """{"x":1e99999999999999999999}""")]
    [InlineData("lt, value: 100", """{"x":100}""")]
    [InlineData("lt, value: 100", """{"x":"5"}""")]
    [InlineData("lt, value: 100", """{"x":null}""")]
    [InlineData("lte, value: 100", """{"x":100.00000000000000000000000000000000001}""")]
    [InlineData("lte, value: 100", """{"x":1e400}""")]
    [InlineData("lte, value: 100", """{"x":-1e99999999999999999999}""")]
    [InlineData("gt, value: 0", """{"x":-1}""")]
    [InlineData("gt, value: 0", """{"x":0e5}""")]
    [InlineData("gte, value: 1", """{"x":0.9999999999999999999999999}""")]
    [InlineData("regex, value: '^feat/'", """{"x":"fix/one"}""")]
    [InlineData("regex, value: '5'", """{"x":5}""")]
    [InlineData("contains, value: est", """{"x":"a TEST"}""")]
    [InlineData("contains, value: 2", """{"x":"2"}""")]
    [InlineData("contains, value: 2", """{"x":[1,"2"]}""")]
    [InlineData("contains, value: 2", """{"x":{"2":2}}""")]
    [InlineData("exists, value: true", """{"x":null}""")]
    [InlineData("exists, value: true", "{}")]
    [InlineData("exists, value: false", """{"x":0}""")]
    [InlineData("exists, value: false", """{"X":0}""")]
    public void Fails(string condition, string arguments) =>
        Assert.Equal("the rule", SetOf(Rule($"path: args.x, op: {condition}")).Judge("t", arguments)?.Rule);

    [Theory]
    [InlineData("eq, value: 1")]
    [InlineData("neq, value: 1")]
    [InlineData("in, value: [1]")]
    [InlineData("not_in, value: [1]")]
    [InlineData("lt, value: 1")]
    [InlineData("lte, value: 1")]
    [InlineData("gt, value: 1")]
    [InlineData("gte, value: 1")]
    [InlineData("regex, value: '.*'")]
    [InlineData("contains, value: ''")]
    public void A_missing_path_fails(string condition)
    {
        foreach (var arguments in new[] { "{}", """{"a":null}""", """{"a":{}}""", """{"a":{"B":1}}""", """{"a":[{"b":1}]}""", """{"A":{"b":1}}""", """{"a.b":1}""" })
        {
            Assert.NotNull(SetOf(Rule($"path: args.a.b, op: {condition}")).Judge("t", arguments));
        }
    }

    [Fact]
    public void A_path_descends_one_key_a_dot() =>
        Assert.Null(SetOf(Rule("path: args.a.b, op: eq, value: 1")).Judge("t", """{"a":{"b":1}}"""));

    [Fact]
    public void A_call_without_arguments_is_judged_like_one_with_none()
    {
        var policies = SetOf(Rule("path: args.x, op: eq, value: 1"));
        var judged = policies.For(new("srv", "acme", "alice")).For(new PolicyTool("t")).Judge(new(default), out _);
        Assert.Equal("the rule", judged?.Rule);
    }

    [Fact]
    public void The_argument_that_names_a_session_is_none_of_the_tools()
    {
        var policy = SetOf(Rule("path: args.session, op: exists, value: true")).For(new("srv", "acme", "alice")).For(new PolicyTool("t"));
        var arguments = Json("""{"session":"x"}""");
        Assert.Null(policy.Judge(new(arguments), out _));
        Assert.NotNull(policy.Judge(new(arguments, Handle: "session"), out _));
    }
}
