namespace OrleansMcp.Benchmarks.Servers;

/// <summary>
/// What a cluster is started from. Nothing here is referenced: this project builds where the packages of the cluster cannot be had.
/// </summary>
internal sealed record ClusterParts(string Silo, string Tables)
{
    private const string Program = "OrleansMcp.Server";

    /// <summary>The parts of the working copy this program was built in, in the configuration it was built in.</summary>
    public static ClusterParts Find()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory); // .../bin/<configuration>/<framework>/
        var root = output;
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "OrleansMcp.sln")))
        {
            root = root.Parent;
        }

        var (folder, configuration) = (root?.FullName ?? output.FullName, output.Parent?.Name ?? "");
        return new ClusterParts(
            Path.Combine(folder, "src", Program, "bin", configuration, output.Name, $"{Program}.dll"),
            Path.Combine(folder, "tests", "azurite", "node_modules", "azurite", "dist", "src", "table", "main.js"));
    }

    /// <summary>Why there is no cluster at all, and what to do about it; null when there is.</summary>
    public string? Missing => File.Exists(Silo) ? null
        : $"Left out: {Program} is not built. Build it with 'dotnet build src/{Program} -c {Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(Silo)))}'.";

    /// <summary>Why there is no cluster of several processes, and what to do about it; null when there is.</summary>
    public string? MissingTables => File.Exists(Tables) ? null
        : "Gateway and silo in two processes are left out: they need a table service. Run 'npm ci' in tests/azurite.";
}
