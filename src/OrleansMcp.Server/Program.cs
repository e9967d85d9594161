using System.CommandLine;
using OrleansMcp.Server.Commands;

namespace OrleansMcp.Server;

internal static class Program
{
    internal static async Task<int> Main(string[] args)
    {
        var root = new RootCommand("OrleansMcp: an MCP server in which every client session lives in one actor.")
        {
            new Command("serve", "Serves (the default).").AddServing(),
            KeysCommand.Create(),
            ConfigCommand.Create(),
            PolicyCommand.Create(),
            AuditCommand.Create(),
            DrillCommand.Create(),
        };
        root.AddServing();
        var parsed = root.Parse(args);
        return DrillCommand.CodeOf(parsed, await parsed.InvokeAsync());
    }
}
