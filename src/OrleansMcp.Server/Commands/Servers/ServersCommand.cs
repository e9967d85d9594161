using System.CommandLine;
using System.Globalization;

namespace OrleansMcp.Server.Commands.Servers;

/// <summary>
/// <c>servers tools</c>, <c>servers approve</c> and <c>servers forget</c>: the definitions of other servers' tools that are approved for a tenant. They ask a
/// running server, as its operator.
/// </summary>
internal static class ServersCommand
{
    private static readonly Option<string> s_url = new("--url") { Description = "The running server.", DefaultValueFactory = static _ => "http://127.0.0.1:5080" };
    private static readonly Option<string> s_tenant = new("--tenant") { Description = "The tenant.", Required = true };
    private static readonly Option<string> s_server = new("--server") { Description = "The other server's name.", Required = true };
    private static readonly Option<string?> s_keyFile = new("--key-file") { Description = $"A file with an operator's key. Default: the environment variable {OperatorKey.Variable}." };

    public static Command Create() => new("servers", "Other servers' tools.") { CreateTools(), CreateApprove(), CreateForget() };

    private static Command CreateTools()
    {
        var tools = new Command("tools", "Shows the tools of a server, and what differs where a definition waits. Exit code 0: all are approved, 1: some wait, 2: not asked for rightly, 3: no answer.");
        return Asking(tools, static async (client, result, cancellationToken) => ToolReport.Write(result.InvocationConfiguration.Output, await client.ReadAsync(cancellationToken))
            ? ExitCode.Failed
            : ExitCode.Done);
    }

    private static Command CreateApprove()
    {
        var tools = new Argument<string[]>("TOOL=DIGEST") { Description = "Definitions that were looked at, as 'servers tools' shows them.", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<string?>("--all") { Description = "Everything that waits, if it is what was looked at: the digest that 'servers tools' shows last." };
        var approve = new Command("approve", "Approves definitions: all that are named, or none. Exit code 0: done, 1: another definition waits by now, 2: not asked for rightly, 3: no answer.") { tools, all };
        return Asking(approve, async (client, result, cancellationToken) =>
        {
            var (named, seen) = (result.GetValue(tools) ?? [], result.GetValue(all));
            if (named.Length > 0 == seen is not null || named.Any(static one => one.Split('=') is not [{ Length: > 0 }, { Length: > 0 }]))
            {
                return result.Fail("Give TOOL=DIGEST, once or more, or --all DIGEST.", ExitCode.Misused);
            }

            var asked = named.Select(static one => one.Split('=')).Select(static one => new ToolDigest(one[0], one[1])).ToList();
            if (seen is not null)
            {
                var waiting = (await client.ReadAsync(cancellationToken)).Waiting;
                if (ToolDigest.OfAll(waiting) != seen)
                {
                    return result.Fail("What waits now is not what was looked at. Nothing was approved; look again: servers tools.", ExitCode.Failed);
                }

                asked.AddRange(waiting);
            }

            var approved = await client.ApproveAsync(asked, cancellationToken);
            Tell(result, approved.Count, "approved. Sessions follow within 90 seconds.");
            return ExitCode.Done;
        });
    }

    private static Command CreateForget()
    {
        var tools = new Argument<string[]>("TOOL") { Description = "Tools, by the names that clients call them.", Arity = ArgumentArity.OneOrMore };
        var forget = new Command("forget", "Forgets tools: whoever approves new ones decides about them again. Exit code 0: done, 2: not asked for rightly, 3: no answer.") { tools };
        return Asking(forget, async (client, result, cancellationToken) =>
        {
            var forgotten = await client.ForgetAsync(result.GetValue(tools)!, cancellationToken);
            Tell(result, forgotten.Count, "forgotten. Sessions follow within 90 seconds.");
            return ExitCode.Done;
        });
    }

    private static Command Asking(Command command, Func<OperatorClient, ParseResult, CancellationToken, Task<int>> run)
    {
        foreach (var option in (Option[])[s_url, s_tenant, s_server, s_keyFile])
        {
            command.Options.Add(option);
        }

        command.SetAction(async (result, cancellationToken) =>
        {
            if (!Uri.TryCreate(result.GetValue(s_url), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            {
                return result.Fail("--url must be a URL such as http://127.0.0.1:5080.", ExitCode.Misused);
            }

            try
            {
                var key = OperatorKey.Read(result.GetValue(s_keyFile), Environment.GetEnvironmentVariable(OperatorKey.Variable));
                using var client = new OperatorClient(url, key, result.GetValue(s_tenant)!, result.GetValue(s_server)!);
                return await run(client, result, cancellationToken);
            }
            catch (FormatException e)
            {
                return result.Fail(e.Message, ExitCode.Misused);
            }
            catch (OperatorException e)
            {
                return result.Fail(e.Message, e.Code);
            }
        });
        return command;
    }

    private static void Tell(ParseResult result, int tools, string what) =>
        result.InvocationConfiguration.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tools} tools were {what}"));
}
