namespace OrleansMcp.Tests.Clients;

/// <summary>The npm packages of <c>tests/clients</c>: real clients and the conformance suite.</summary>
internal static class NodePackages
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "tests", "clients");

    /// <summary>The path of an installed package's file.</summary>
    public static string Package(params string[] path) => Path.Combine([s_folder, "node_modules", .. path]);

    /// <summary>Runs a script of <c>tests/clients</c>, or any other by its full path.</summary>
    public static async Task<ProcessResult> RunAsync(string script, IEnumerable<string> arguments, TimeSpan deadline, string? home = null)
    {
        await using var process = Start(script, arguments, home);
        return await process.EndAsync(deadline);
    }

    /// <summary>Starts a script of <c>tests/clients</c>, or any other by its full path.</summary>
    public static ChildProcess Start(string script, IEnumerable<string> arguments, string? home = null, bool hasInput = false)
    {
        Assert.True(File.Exists(Node), $"{Node} is not there: a build of the tests installs it.");
        return ChildProcess.Start(Node, [Path.Combine(s_folder, script), .. arguments], home, hasInput);
    }

    // The packages bring their own Node: the suite needs 22, whatever the machine has.
    private static string Node => Package(".bin", "node");
}
