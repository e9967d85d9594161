using OrleansMcp.Server.Commands;

namespace OrleansMcp.Server;

internal static class Program
{
    internal static Task<int> Main(string[] args) => CommandLine.RunAsync(args, Console.Out, Console.Error);
}
