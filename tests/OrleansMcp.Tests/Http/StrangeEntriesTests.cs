using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Tests.Hostile;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>What is no text leaves the server nowhere else either: in lists, prompts, resources and completions.</summary>
public sealed class StrangeEntriesTests : IAsyncLifetime
{
    private readonly ErrorLog _log = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(new TestServerOptions
    {
        Configuration = TestConfiguration.With(),
        Customise = builder =>
        {
            builder.Logging.AddProvider(_log);
            builder.Services.AddMcpServer().WithTools<Tools>().WithPrompts<Prompts>().WithResources<Resources>()
                .WithTools([McpServerTool.Create(static () => "", new() { Name = "test_strange_entry", Title = StrangeTools.Text, Description = StrangeTools.Text })])
                .WithPrompts([McpServerPrompt.Create(static () => "", new() { Name = "entry", Description = StrangeTools.Text })])
                .WithResources(
                [
                    McpServerResource.Create(static () => "", new() { UriTemplate = "vault://entry", Name = "entry", Description = StrangeTools.Text }),
                    McpServerResource.Create(static (string how) => how, new() { UriTemplate = "vault://entries/{how}", Name = "entries", Description = StrangeTools.Text }),
                ]);
        },
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("tools/list", "{}")]
    [InlineData("prompts/list", "{}")]
    [InlineData("resources/list", "{}")]
    [InlineData("resources/templates/list", "{}")]
    [InlineData("prompts/get", """{"name":"strange","arguments":{"how":"text"}}""")]
    [InlineData("prompts/get", """{"name":"strange","arguments":{"how":"failure"}}""")]
    [InlineData("prompts/get", """{"name":"strange","arguments":{"how":"error"}}""")]
    [InlineData("resources/read", """{"uri":"vault://strange/text"}""")]
    [InlineData("resources/read", """{"uri":"vault://strange/failure"}""")]
    [InlineData("resources/read", """{"uri":"vault://strange/error"}""")]
    [InlineData("tools/call", """{"name":"test_strange_blocks","arguments":{}}""")]
    public async Task All_of_it_is_JSON_of_whole_characters(string method, string parameters)
    {
        using var client = await _server.Client().OpenAsync();
        foreach (var accept in new[] { "application/json", "text/event-stream" })
        {
            var reply = await client.PostAsync(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":" + parameters + "}",
                request =>
                {
                    request.Headers.Accept.Clear();
                    request.Headers.Accept.ParseAdd(accept);
                });
            var sent = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(reply.Body);
            Assert.DoesNotContain("\u2028", sent, StringComparison.Ordinal);
            Assert.DoesNotContain("\u2029", sent, StringComparison.Ordinal);
            var message = reply.IsStream ? Assert.Single(reply.Events).Json : reply.Json;
            Assert.True(Strings(message).Any(static text => text.Contains(StrangeTools.Written, StringComparison.Ordinal)), sent);
        }

        Assert.Equal(1, await client.IncrementAsync());
        _log.ExpectNone();
    }

    /// <exception cref="InvalidOperationException">A string is half of a pair.</exception>
    private static IEnumerable<string> Strings(JsonNode? node) => node switch
    {
        JsonObject json => json.SelectMany(static property => Strings(property.Value).Prepend(property.Key)),
        JsonArray array => array.SelectMany(Strings),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => [value.GetValue<string>()],
        _ => [],
    };

    private static string Fail(string how) => how switch
    {
        "failure" => throw new McpException(StrangeTools.Text),
        "error" => throw new McpProtocolException(StrangeTools.Text, McpErrorCode.InvalidParams),
        _ => StrangeTools.Text,
    };

    [McpServerToolType]
    private sealed class Tools
    {
        [McpServerTool(Name = "test_strange_blocks"), Description("Has it in its blocks.")]
        public static CallToolResult Blocks() => new()
        {
            Content =
            [
                new ResourceLinkBlock { Uri = "vault://" + StrangeTools.Text, Name = StrangeTools.Text, Description = StrangeTools.Text },
                new EmbeddedResourceBlock { Resource = new TextResourceContents { Uri = StrangeTools.Text, Text = StrangeTools.Text } },
            ],
        };
    }

    [McpServerPromptType]
    private sealed class Prompts
    {
        [McpServerPrompt(Name = "strange")]
        public static string Say(string how) => Fail(how);
    }

    [McpServerResourceType]
    private sealed class Resources
    {
        [McpServerResource(UriTemplate = "vault://strange/{how}", Name = "strange")]
        public static string Say(string how) => Fail(how);
    }
}
