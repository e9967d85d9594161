using System.Text.Json;
using OrleansMcp.Tests.Clients;

namespace OrleansMcp.Tests.Infra;

/// <summary>The checks of tests/infra, run once for all tests of a class.</summary>
public sealed class InfraChecks
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "tests", "infra");
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(10);

    private readonly Lazy<Task<IReadOnlyDictionary<string, Verdict>>> _verdicts = new(RunAsync);

    /// <summary>Their names, from the files that hold them.</summary>
    internal static IEnumerable<string> Names => Directory.EnumerateFiles(Path.Combine(s_folder, "checks"), "*.mjs").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    /// <summary>What one of them says.</summary>
    internal async Task<Verdict> VerdictAsync(string name) => Assert.Contains(name, await _verdicts.Value);

    /// <summary>The configuration that a deployment begins with.</summary>
    internal static async Task<string> FirstConfigurationAsync()
    {
        var result = await NodePackages.RunAsync(Path.Combine(s_folder, "first-configuration.mjs"), [], s_deadline);
        return result.ExpectSuccess().Output;
    }

    private static async Task<IReadOnlyDictionary<string, Verdict>> RunAsync()
    {
        var result = await NodePackages.RunAsync(Path.Combine(s_folder, "run.mjs"), Rounds.AtNight ? [] : ["--few"], s_deadline);
        return result.ExpectSuccess().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<Verdict>(line)!)
            .ToDictionary(verdict => verdict.Name, StringComparer.Ordinal);
    }
}
