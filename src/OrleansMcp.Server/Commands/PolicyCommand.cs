using System.CommandLine;
using System.Text;
using System.Text.Json;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Authorization.Policies.Reading;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Names;
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
        var server = new Option<string>("--server") { Description = "The server's name.", DefaultValueFactory = _ => ServerHost.Name };
        var explain = new Command("explain", "Judges a call by policy files. Exit code 0: allowed, 1: denied, 2: file or call not valid.")
        {
            policy, config, call, tenant, client, server,
        };
        explain.SetAction(result => Explain(
            result, new Question(
                result.GetValue(policy) ?? [], result.GetValue(config), result.GetValue(call)!, result.GetValue(server)!, result.GetValue(tenant)!,
                result.GetValue(client)!)));
        return new Command("policy", "Policies.") { explain };
    }

    private static int Explain(ParseResult result, Question question)
    {
        try
        {
            var (tool, arguments) = Read(question.Call);
            var explanation = Explanation.Of(
                Policies(question, tool), question.Server, question.Tenant, question.Client, tool, arguments, TimeProvider.System.GetUtcNow());
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
    private static PolicySet Policies(Question question, string tool)
    {
        if (question.Config is null)
        {
            return question.Policies.Length > 0 ? PolicyFile.Load(question.Policies) : throw new FormatException("Give --policy, --config or both.");
        }

        var names = ServerHost.Names();
        var configuration = ConfigurationFile.Load(question.Config, names);
        var policies = question.Policies.Length > 0 ? PolicyFile.Load(question.Policies, configuration, names) : configuration.Policies;
        var problems = CallNames.ProblemsOf(configuration, names, question.Server, question.Tenant, question.Client, tool);
        return problems.Count == 0 ? policies : throw new FormatException(string.Join(Environment.NewLine, problems));
    }

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

    private sealed record Question(string[] Policies, string? Config, string Call, string Server, string Tenant, string Client);
}
