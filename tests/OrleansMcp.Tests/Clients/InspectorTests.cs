using System.Text.Json.Nodes;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Clients;

/// <summary>The command line of the MCP Inspector, in each of its eras.</summary>
public sealed class InspectorTests(SharedServer shared) : IClassFixture<SharedServer>, IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(1);

    // The Inspector keeps a catalogue of servers below the home folder.
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("orleansmcp-inspector-");

    [Fact]
    public async Task Lists_the_tools()
    {
        var tools = (await RunAsync("auto", "--method", "tools/list"))["tools"]!.AsArray();
        Assert.Superset(
            new HashSet<string> { "echo", "increment", "slow", "whoami" },
            tools.Select(tool => (string)tool!["name"]!).ToHashSet());
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("auto")]
    [InlineData("modern")]
    public async Task Calls_a_tool(string era)
    {
        var result = await RunAsync(era, "--method", "tools/call", "--tool-name", "echo", "--tool-args-json", """{"text":"from the inspector"}""");
        Assert.Contains("from the inspector", (string)result["content"]![0]!["text"]!);
    }

    public void Dispose() => _home.Delete(recursive: true);

    private async Task<JsonNode> RunAsync(string era, params string[] method)
    {
        var launcher = NodePackages.Package("@modelcontextprotocol", "inspector", "clients", "launcher", "build", "index.js");
        string[] arguments =
        [
            "--cli", shared.Server.Url.ToString(), "--transport", "http", "--protocol-era", era,
            "--header", $"Authorization: Bearer {TestConfiguration.Alice}", "--format", "json", "--quiet", .. method,
        ];
        var result = (await NodePackages.RunAsync(launcher, arguments, s_deadline, _home.FullName)).ExpectSuccess();
        return JsonNode.Parse(result.Output) is { } parsed ? parsed["result"] ?? parsed : throw new InvalidOperationException(result.Output);
    }
}
