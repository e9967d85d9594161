using System.CommandLine;
using System.Text;
using System.Text.Json;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Authorization.Policies.Reading;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;

namespace OrleansMcp.Server.Commands;

/// <summary><c>policy explain</c>: shows which rules would judge a call, and why it would be allowed or denied.</summary>
internal static class PolicyCommand
{
    public static Command Create()
    {
        var policy = new Option<string[]>("--policy") { Description = "A policy file; may be given more than once.", Required = true };
        var call = new Option<string>("--call") { Description = "The call: {\"name\": TOOL, \"arguments\": {...}}.", Required = true };
        var tenant = new Option<string>("--tenant") { Description = "Whose call it is.", DefaultValueFactory = _ => "tenant" };
        var client = new Option<string>("--client") { Description = "Whose call it is.", DefaultValueFactory = _ => "client" };
        var server = new Option<string>("--server") { Description = "The server's name.", DefaultValueFactory = _ => ServerHost.Name };
        var explain = new Command("explain", "Judges a call by policy files. Exit code 0: allowed, 1: denied, 2: file or call not valid.")
        {
            policy, call, tenant, client, server,
        };
        explain.SetAction(result => Explain(
            result, result.GetValue(policy)!, result.GetValue(call)!, (result.GetValue(server)!, result.GetValue(tenant)!, result.GetValue(client)!)));
        return new Command("policy", "Policies.") { explain };
    }

    private static int Explain(ParseResult result, string[] files, string call, (string Server, string Tenant, string Client) subject)
    {
        try
        {
            var policies = PolicyFile.Load(files);
            var (tool, arguments) = Read(call);
            var explanation = Explanation.Of(
                policies, subject.Server, subject.Tenant, subject.Client, tool, arguments, TimeProvider.System.GetUtcNow());
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
}
