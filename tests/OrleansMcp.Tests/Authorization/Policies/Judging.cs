using System.Text;
using System.Text.Json;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Authorization.Policies.Arguments;
using OrleansMcp.Authorization.Policies.Reading;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;

namespace OrleansMcp.Tests.Authorization.Policies;

/// <summary>Short ways to a policy and a call.</summary>
internal static class Judging
{
    public static PolicySet SetOf(params string[] yaml) => new([.. yaml.Select((text, index) => Read(text, $"policy{index}.yaml"))]);

    public static Policy Read(string yaml, string name = "policy.yaml") => PolicyFile.Parse(yaml, name, name);

    public static IReadOnlyList<ConfigurationError> Mistakes(string yaml) =>
        Assert.Throws<ConfigurationException>(() => Read(yaml)).Errors;

    /// <summary>A policy with one rule of one condition for the tool <c>t</c>.</summary>
    public static string Rule(string condition) => $$"""
        version: "1"
        tools: { t: { rules: [{ name: the rule, conditions: [{ {{condition}} }] }] } }
        """;

    public static PolicyDenial? Judge(this PolicySet policies, string tool, string arguments, string tenant = "acme", string client = "alice") =>
        policies.For(new PolicySubject("srv", tenant, client)).For(new PolicyTool(tool)).Judge(new CallArguments(Json(arguments)), out _);

    public static JsonElement Json(string json)
    {
        var body = Encoding.UTF8.GetBytes($$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{{{json}}}}}""");
        Assert.True(McpMessageParser.TryParse(body, out var message, out var error), error.Message);
        return message.Params.GetProperty("arguments");
    }
}
