using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Upstreams;

/// <summary>The client of the C# SDK, at an upstream server or at ours.</summary>
internal static class UpstreamClient
{
    /// <param name="url">Where.</param>
    /// <param name="era">In which revisions.</param>
    /// <param name="authorization">The value of the Authorization header.</param>
    /// <param name="answers">Whether it answers when it is asked: blue in forms, no to pages, something from its model, one root.</param>
    public static Task<McpClient> ConnectAsync(Uri url, UpstreamEra era, string? authorization = null, bool answers = false)
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = url,
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = authorization is null ? [] : new Dictionary<string, string>(StringComparer.Ordinal) { ["Authorization"] = authorization },
        });
        var options = new McpClientOptions { ProtocolVersion = era == UpstreamEra.Sessions ? "2025-11-25" : "2026-07-28" };
        if (answers)
        {
            options.Capabilities = new ClientCapabilities { Elicitation = new ElicitationCapability { Form = new(), Url = new() }, Sampling = new(), Roots = new() };
            options.Handlers = Answers();
        }

        return McpClient.CreateAsync(transport, options).InTime("a client was connected to an upstream");
    }

    private static McpClientHandlers Answers() => new()
    {
        ElicitationHandler = (asked, _) => ValueTask.FromResult(asked?.Mode == "url"
            ? new ElicitResult { Action = "decline" }
            : new ElicitResult
            {
                Action = "accept",
                Content = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["colour"] = JsonSerializer.SerializeToElement("blue") },
            }),
        SamplingHandler = (_, _, _) => ValueTask.FromResult(new CreateMessageResult
        {
            Model = "none", Role = Role.Assistant, Content = [new TextContentBlock { Text = "the model speaks" }],
        }),
        RootsHandler = (_, _) => ValueTask.FromResult(new ListRootsResult { Roots = [new Root { Uri = "file:///work" }] }),
    };

    /// <summary>Calls a tool that succeeds, and returns its text.</summary>
    public static async Task<string> CallTextAsync(this McpClient client, string tool, params (string Name, object? Value)[] arguments)
    {
        var result = await client.CallToolAsync(tool, arguments.ToDictionary(argument => argument.Name, argument => argument.Value, StringComparer.Ordinal))
            .AsTask().InTime($"{tool} answered");
        var text = string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));
        Assert.False(result.IsError == true, text);
        return text;
    }
}
