using System.Text.Json.Nodes;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Clients;

/// <summary>The command line of the MCP Inspector, in each of its eras.</summary>
public sealed class InspectorTests(SharedServer shared) : IClassFixture<SharedServer>, IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(1);

    // The Inspector keeps a catalogue of servers below the home folder.
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("orleansmcp-inspector-");

    [Theory]
    [InlineData("legacy")]
    [InlineData("modern")]
    public async Task Lists_the_tools(string era)
    {
        var tools = (await RunAsync(era, "--method", "tools/list"))["tools"]!.AsArray();
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

    [Theory]
    [InlineData("legacy")]
    [InlineData("modern")]
    public async Task Reads_a_resource(string era)
    {
        var result = await RunAsync(era, "--method", "resources/read", "--uri", "demo://greeting/de");
        Assert.Equal("Guten Tag", (string)result["contents"]![0]!["text"]!);
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("modern")]
    public async Task Gets_a_prompt(string era)
    {
        var result = await RunAsync(era, "--method", "prompts/get", "--prompt-name", "summarise", "--prompt-args", "topic=grains");
        Assert.Contains("grains", (string)result["messages"]![0]!["content"]!["text"]!);
    }

    [Fact]
    public async Task Adds_to_the_counter_of_the_principal_that_its_runs_share_in_the_era_without_sessions()
    {
        string[] increment = ["--method", "tools/call", "--tool-name", "increment"];
        var before = DemoTools.Counter((string)(await RunAsync("modern", increment))["content"]![0]!["text"]!);
        var after = DemoTools.Counter((string)(await RunAsync("modern", increment))["content"]![0]!["text"]!);
        Assert.Equal(before + 1, after);
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
