namespace OrleansMcp.Tests.Clients;

/// <summary>The npm packages of <c>tests/clients</c>: real clients and the conformance suite.</summary>
internal static class NodePackages
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "tests", "clients");

    /// <summary>Skips the test where the packages are not installed, unless they are required.</summary>
    public static void Require()
    {
        if (File.Exists(Node))
        {
            return;
        }

        const string reason = "The packages of tests/clients are not installed: run 'npm ci' there.";
        if (Environment.GetEnvironmentVariable("TESTS_REQUIRE_NODE") == "1")
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
    }

    /// <summary>The path of an installed package's file.</summary>
    public static string Package(params string[] path) => Path.Combine([s_folder, "node_modules", .. path]);

    /// <summary>Runs a script of <c>tests/clients</c>, or any other by its full path.</summary>
    public static async Task<ProcessResult> RunAsync(string script, IEnumerable<string> arguments, TimeSpan deadline, string? home = null)
    {
        await using var process = ChildProcess.Start(Node, [Path.Combine(s_folder, script), .. arguments], home);
        return await process.EndAsync(deadline);
    }

    // The packages bring their own Node: the suite needs 22, whatever the machine has.
    private static string Node => Package(".bin", "node");
}
