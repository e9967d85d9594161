namespace OrleansMcp.Tests.Clients;

/// <summary>Where things are in the working copy that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string s_tests = Path.Combine("tests", "OrleansMcp.Tests");

    public static string Root { get; } = FindRoot();

    /// <summary>The assembly of another test project, built in the same configuration as this one.</summary>
    public static string BuiltBesideThis(string project)
    {
        var output = Path.GetRelativePath(Path.Combine(Root, s_tests), AppContext.BaseDirectory);
        var assembly = Path.Combine(Root, "tests", project, output, project + ".dll");
        Assert.True(File.Exists(assembly), $"{assembly} is not built.");
        return assembly;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OrleansMcp.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"There is no OrleansMcp.sln above {AppContext.BaseDirectory}.");
    }
}
