using System.CommandLine;
using System.Text;
using System.Text.Json;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Authorization.Policies.Reading;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Names;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Protocol;

namespace OrleansMcp.Server.Commands;

/// <summary><c>policy explain</c>: shows which rules would judge a call, and why it would be allowed or denied.</summary>
internal static class PolicyCommand
{
    public static Command Create()
    {
        var policy = new Option<string[]>("--policy") { Description = "A policy file; may be given more than once. Default: the policies of --config." };
        var config = new Option<string?>("--config") { Description = "The configuration: then the caller, the tool and what the policies name must exist." };
        var call = new Option<string>("--call") { Description = "The call: {\"name\": TOOL, \"arguments\": {...}}.", Required = true };
        var tenant = new Option<string>("--tenant") { Description = "Whose call it is.", DefaultValueFactory = _ => "tenant" };
        var client = new Option<string>("--client") { Description = "Whose call it is.", DefaultValueFactory = _ => "client" };
        var server = new Option<string?>("--server") { Description = "The server's name. Default: that of the tool SERVER__TOOL, if it is configured; otherwise this server." };
        var asked = new Option<string[]>("--asked") { Description = "A server that the session has asked for something; may be given more than once. Untrusted unless --config trusts it." };
        var readOnly = new Option<bool>("--read-only") { Description = "The tool is declared to change nothing." };
        var explain = new Command("explain", "Judges a call by policy files. Exit code 0: allowed, 1: denied, 2: file or call not valid.")
        {
            policy, config, call, tenant, client, server, asked, readOnly,
        };
        explain.SetAction(result => Explain(
            result, new Question(
                result.GetValue(policy) ?? [], result.GetValue(config), result.GetValue(call)!, result.GetValue(server), result.GetValue(tenant)!,
                result.GetValue(client)!, result.GetValue(asked) ?? [], result.GetValue(readOnly))));
        return new Command("policy", "Policies.") { explain };
    }

    private static int Explain(ParseResult result, Question question)
    {
        try
        {
            var (tool, arguments) = Read(question.Call);
            var configuration = question.Config is null ? null : ConfigurationFile.Load(question.Config, ServerHost.Names());
            var server = question.Server ?? ServerOf(tool, configuration);
            var explanation = Explanation.Of(
                Policies(question, configuration, server, tool), server, question.Tenant, question.Client, tool, arguments, TimeProvider.System.GetUtcNow(),
                question.IsReadOnly, [.. question.Asked.Select(one => (one, configuration?.Servers.GetValueOrDefault(one)?.Trust == UpstreamTrust.Trusted))]);
            foreach (var line in explanation.Lines)
            {
                result.InvocationConfiguration.Output.WriteLine(line);
            }

            return explanation.IsAllowed ? ExitCode.Done : ExitCode.Failed;
        }
        catch (Exception e) when (e is ConfigurationException or FormatException)
        {
            return result.Fail(e.Message, ExitCode.Misused);
        }
    }

    /// <exception cref="ConfigurationException">A file cannot be used.</exception>
    /// <exception cref="FormatException">The question is about what there is not.</exception>
    private static PolicySet Policies(Question question, ServerConfiguration? configuration, string server, string tool)
    {
        if (configuration is null)
        {
            return question.Policies.Length > 0 ? PolicyFile.Load(question.Policies) : throw new FormatException("Give --policy, --config or both.");
        }

        var names = ServerHost.Names();
        var policies = question.Policies.Length > 0 ? PolicyFile.Load(question.Policies, configuration, names) : configuration.Policies;
        var problems = CallNames.ProblemsOf(configuration, names, server, question.Tenant, question.Client, tool);
        return problems.Count == 0 ? policies : throw new FormatException(string.Join(Environment.NewLine, problems));
    }

    /// <summary>The other server that a tool is of, if one is configured that it can be of.</summary>
    private static string ServerOf(string tool, ServerConfiguration? configuration) =>
        configuration?.Servers.Keys.FirstOrDefault(server => tool.StartsWith(server + "__", StringComparison.Ordinal)) ?? ServerHost.Name;

    /// <summary>Reads the call as strictly as the server reads messages.</summary>
    private static (string Tool, JsonElement Arguments) Read(string call)
    {
        var message = Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{call}}}""");
        if (!McpMessageParser.TryParse(message, out var parsed, out var error))
        {
            throw new FormatException($"--call: {error.Message}");
        }

        if (parsed.Params.ValueKind != JsonValueKind.Object || !parsed.Params.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String)
        {
            throw new FormatException("--call: needs the key name, a string.");
        }

        parsed.Params.TryGetProperty("arguments", out var arguments);
        return (name.GetString()!, arguments);
    }

    private sealed record Question(
        string[] Policies, string? Config, string Call, string? Server, string Tenant, string Client, string[] Asked, bool IsReadOnly);
}
