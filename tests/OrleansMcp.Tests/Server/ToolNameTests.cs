using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using OrleansMcp.Server;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Server;

/// <summary>Claude, Copilot and OpenAI refuse the whole list of a server for one name that is not as they want it.</summary>
public sealed class ToolNameTests
{
    [Theory]
    [InlineData("records.put")]
    [InlineData(".")]
    [InlineData("x2345678901234567890123456789012345678901234567890123456789012345")]
    public void A_server_with_a_tool_that_clients_refuse_does_not_start_and_says_which(string name)
    {
        using var folder = new ScratchFolder();
        var refusal = Assert.Throws<ToolNameException>(() => ServerHost.Build(
            new ServerSettings { Urls = "http://127.0.0.1:0", DataFolder = folder.Path }, builder => builder.Services.AddMcpServer().WithTools([Tool(name)])));
        Assert.Contains($"'{name}'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("wörter")]
    [InlineData("a\n")]
    public void Names_that_the_protocol_does_not_allow_either_are_invalid(string name) => Assert.False(ToolName.IsValid(name));

    [Theory]
    [InlineData("a")]
    [InlineData("Github__search-issues_2")]
    [InlineData("x234567890123456789012345678901234567890123456789012345678901234")]
    public void Names_that_clients_take_are_valid(string name) => Assert.True(ToolName.IsValid(name));

    [Fact]
    public async Task A_tool_that_is_added_while_the_server_runs_is_held_to_the_same()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Throws<ToolNameException>(() => server.Catalogue.Options.ToolCollection!.Add(Tool("one.more")));
        Assert.True(server.Catalogue.Options.ToolCollection!.Remove(server.Catalogue.Options.ToolCollection["one.more"]));
        server.Catalogue.Options.ToolCollection.Add(Tool("one_more"));
    }

    [Fact]
    public async Task Every_tool_of_the_demo_has_a_name_that_clients_take()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        var reply = await client.PostAsync(Rpc.Request(2, "tools/list"));
        Assert.All(reply.Json["result"]!["tools"]!.AsArray(), tool => Assert.True(ToolName.IsValid((string)tool!["name"]!)));
    }

    private static McpServerTool Tool(string name) => McpServerTool.Create(() => "done", new McpServerToolCreateOptions { Name = name });
}
