using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using OrleansMcp.Configuration;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Library;

/// <summary>The tools of an application are those that its configuration may name, and no others.</summary>
public sealed class NameTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    [Fact]
    public async Task An_application_names_its_own_tools_prompts_and_resources_and_itself()
    {
        var settings = Settings("'tool:shop__buy', 'tool:session_open', 'prompt:offer', 'resource:shop://items/1', 'toollog:shop__buy'", "servers: [Shop], tools: { shop__buy: {} }");
        await using var server = await LibraryServer.StartAsync(Compose, settings: settings);
        using var client = await server.Client().OpenAsync();
        Assert.Equal("bought", await client.CallTextAsync("shop__buy"));
    }

    [Theory]
    [InlineData("'tool:echo'", "tools: {}", "there is no tool 'echo'.")]
    [InlineData("'tool:shop_buy'", "tools: {}", "there is no tool 'shop_buy'. Did you mean 'shop__buy'?")]
    [InlineData("'prompt:offers'", "tools: {}", "there is no prompt 'offers'. Did you mean 'offer'?")]
    [InlineData("'resource:shop://item/1'", "tools: {}", "there is no resource 'shop://item/1'. Did you mean 'shop://items/{id}'?")]
    [InlineData("", "servers: [OrleansMcp]", "there is no server 'OrleansMcp'. Known: Shop.")]
    public void An_application_does_not_start_with_names_of_others(string permission, string policy, string message) =>
        Assert.Contains(message, LibraryServer.Refusal<ConfigurationException>(Compose, Settings(permission, policy)).Message, StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    private static void Compose(WebApplicationBuilder builder) => builder.Services
        .AddMcpServer(static options => options.ServerInfo = new() { Name = "Shop", Version = "1" }).WithTools<Shop>().WithPrompts<Shop>().WithResources<Shop>();

    private ServerSettings Settings(string permissions, string policy)
    {
        var file = Path.Combine(_folder.Path, "server.yaml");
        File.WriteAllText(file, $$"""
            tenants:
              acme:
                clients:
                  alice: { keys: [{ sha256: {{Convert.ToHexStringLower(ApiKey.Hash(TestConfiguration.Alice))}} }], permissions: [{{permissions}}] }
            policies: [{ version: "1", {{policy}} }]
            """);
        return new ServerSettings { ConfigFile = file };
    }

    [McpServerToolType, McpServerPromptType, McpServerResourceType]
    private sealed class Shop
    {
        [McpServerTool(Name = "shop__buy"), Description("Buys.")]
        public static string Buy() => "bought";

        [McpServerPrompt(Name = "offer"), Description("Offers.")]
        public static string Offer() => "offered";

        [McpServerResource(UriTemplate = "shop://items/{id}", Name = "item"), Description("An item.")]
        public static string Item(string id) => id;
    }
}
