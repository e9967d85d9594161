using System.CommandLine;
using OrleansMcp.Server.Commands.Servers;

namespace OrleansMcp.Server.Commands;

/// <summary>The program's commands.</summary>
internal static class CommandLine
{
    /// <summary>Runs what the arguments say.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="output">What is asked for.</param>
    /// <param name="error">What is wrong.</param>
    /// <param name="cancellationToken">Stops a server, gives up a command.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        var serve = new ServeCommand();
        var parsed = Create(serve).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            return WrongUsage.Tell(parsed, arguments, serve, error);
        }

        var invocation = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
        if (serve.Is(parsed.CommandResult.Command))
        {
            invocation.ProcessTerminationTimeout = null; // A server takes the time that its drain needs.
        }

        return await parsed.InvokeAsync(invocation, cancellationToken);
    }

    private static RootCommand Create(ServeCommand serve)
    {
        var root = new RootCommand("OrleansMcp: an MCP server in which every client session is one Orleans grain.")
        {
            KeysCommand.Create(),
            ConfigCommand.Create(),
            PolicyCommand.Create(),
            AuditCommand.Create(),
            BackupCommand.CreateBackup(),
            BackupCommand.CreateRestore(),
            ServersCommand.Create(),
            DrillCommand.Create(),
        };
        root.Subcommands.Insert(0, serve.AddTo(new Command("serve", "Serves (the default).")));
        serve.AddTo(root);
        return root;
    }
}
