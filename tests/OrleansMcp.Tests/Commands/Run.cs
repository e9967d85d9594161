using OrleansMcp.Server.Commands;

namespace OrleansMcp.Tests.Commands;

/// <summary>Runs a command of the program in this process.</summary>
internal static class Run
{
    /// <summary>The exit code, what was printed, and what was wrong.</summary>
    public static async Task<(int Code, string Output, string Error)> AsCommandAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        var code = await CommandLine.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
