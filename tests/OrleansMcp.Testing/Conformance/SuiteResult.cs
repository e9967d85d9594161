using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrleansMcp.Tests.Clients;
using YamlDotNet.Serialization;

namespace OrleansMcp.Tests.Conformance;

/// <summary>One check of the conformance suite and how it came out.</summary>
internal sealed record SuiteCheck(string Scenario, string Id, string Status, string Message)
{
    public bool IsFailure => Status is "FAILURE" or "WARNING";
}

/// <summary>One run of the conformance suite for the requirements of a revision.</summary>
internal sealed partial class SuiteResult
{
    private const int Tries = 3;

    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(5);

    private readonly IReadOnlyList<SuiteCheck> _checks;
    private readonly Requirements _requirements;

    private SuiteResult(IReadOnlyList<SuiteCheck> checks, Requirements requirements, ProcessResult process) =>
        (_checks, _requirements, Process) = (checks, requirements, process);

    /// <summary>What the suite printed and how it ended.</summary>
    public ProcessResult Process { get; }

    /// <summary>The checks that count towards conformance.</summary>
    public IEnumerable<SuiteCheck> Scored => _checks.Where(check => _requirements.Scored.Contains(check.Scenario));

    /// <summary>The checks of the revision itself that came too late to count, or that the suite's own server fails.</summary>
    public IEnumerable<SuiteCheck> Unscored => _checks.Where(check => _requirements.Unscored.Contains(check.Scenario));

    /// <summary>Scenarios that count and left no result.</summary>
    public IEnumerable<string> Missing => _requirements.Scored.Except(_checks.Select(check => check.Scenario));

    /// <summary>
    /// Runs the suite, and once more if anything failed: some of its checks give a server a second and a half, which on a busy machine is not enough.
    /// What is wrong fails each time.
    /// </summary>
    public static async Task<SuiteResult> RunAsync(Uri url, string revision)
    {
        for (var run = 1; ; run++)
        {
            var result = await RunOnceAsync(url, revision);
            if (run == Tries || result is { HasFailures: false })
            {
                return result;
            }
        }
    }

    private bool HasFailures => Missing.Any() || Scored.Concat(Unscored).Any(static check => check.IsFailure);

    private static async Task<SuiteResult> RunOnceAsync(Uri url, string revision)
    {
        var suite = NodePackages.Package("@modelcontextprotocol", "conformance");
        var output = Directory.CreateTempSubdirectory("orleansmcp-suite-");
        try
        {
            var process = await NodePackages.RunAsync(
                Path.Combine(suite, "dist", "index.js"),
                ["server", "--url", url.ToString(), "--requirements", revision, "--output-dir", output.FullName],
                s_deadline);
            return new SuiteResult(
                [.. output.EnumerateDirectories().SelectMany(Checks)],
                Requirements.Read(Path.Combine(suite, "requirements", revision + ".yaml")),
                process);
        }
        finally
        {
            output.Delete(recursive: true);
        }
    }

    private static IEnumerable<SuiteCheck> Checks(DirectoryInfo folder)
    {
        var scenario = ResultFolder().Match(folder.Name).Groups["scenario"].Value;
        var file = Path.Combine(folder.FullName, "checks.json");
        return File.Exists(file)
            ? JsonNode.Parse(File.ReadAllText(file))!.AsArray().Select(check => new SuiteCheck(
                scenario, (string)check!["id"]!, (string)check["status"]!, (string?)check["errorMessage"] ?? (string?)check["description"] ?? ""))
            : [];
    }

    [GeneratedRegex(@"^server-(?<scenario>.+?)-\d{4}-\d{2}-\d{2}T", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ResultFolder();

    /// <summary>What a revision asks of a server, as the suite has frozen it.</summary>
    private sealed record Requirements(IReadOnlySet<string> Scored, IReadOnlySet<string> Unscored)
    {
        public static Requirements Read(string file)
        {
            var yaml = new DeserializerBuilder().Build().Deserialize<Dictionary<string, List<object>>>(File.ReadAllText(file));
            var unscored = yaml["not_scored"].Cast<Dictionary<object, object>>()
                .Where(entry => (string)entry["leg"] == "server" && (string)entry["reason"] != "extension")
                .Select(entry => (string)entry["scenario"]);
            return new Requirements(yaml["server"].Cast<string>().ToHashSet(), unscored.ToHashSet());
        }
    }
}
