using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Tests.Upstreams.Scripted;

/// <summary>How a <see cref="ScriptedUpstream"/> answers what a test has no script for: as a small server that keeps the rules of its era.</summary>
internal static class DecentAnswers
{
    private const string Modern = "2026-07-28";
    private const int UnsupportedVersion = -32022;

    private static readonly string[] s_sessionVersions = ["2025-03-26", "2025-06-18", "2025-11-25"];

    /// <summary>202 and nothing else.</summary>
    public static Script Accepted { get; } = call =>
    {
        call.Context.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    };

    public static Script MethodNotFound { get; } = call => call.ErrorAsync(
        -32601, $"There is no method '{call.Method}'.", call.Upstream.Era == UpstreamEra.Sessionless ? StatusCodes.Status404NotFound : StatusCodes.Status200OK);

    /// <summary>A tool that takes a text, as lists show it.</summary>
    public static JsonObject Tool(string name, string description = "Returns the text it is given.") => new()
    {
        ["name"] = name,
        ["description"] = description,
        ["inputSchema"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["text"] = new JsonObject { ["type"] = "string" } },
        },
    };

    /// <summary>The result of a tool that returns a text.</summary>
    public static JsonObject Text(string text) =>
        new() { ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }) };

    public static IEnumerable<KeyValuePair<string, Script>> Of(UpstreamEra era) =>
    [
        new("tools/list", call => call.ResultAsync(new JsonObject { ["tools"] = new JsonArray(Tool("echo")) })),
        new("tools/call", call => call.ResultAsync(Text($"{call.Parameters?["arguments"]?["text"]}"))),
        new("resources/list", call => call.ResultAsync(new JsonObject { ["resources"] = new JsonArray() })),
        new("resources/templates/list", call => call.ResultAsync(new JsonObject { ["resourceTemplates"] = new JsonArray() })),
        new("prompts/list", call => call.ResultAsync(new JsonObject { ["prompts"] = new JsonArray() })),
        .. era == UpstreamEra.Sessions ? OfSessions() : OfSessionless(),
    ];

    /// <summary>What is wrong with a request by the rules of the era, if something is.</summary>
    public static Script? Objection(ScriptedCall call)
    {
        if (call.Context.Request.Method == HttpMethods.Post && call.Message is null)
        {
            return static broken => broken.ErrorAsync(-32700, "The body is no JSON.", StatusCodes.Status400BadRequest);
        }

        return call.Upstream.Era == UpstreamEra.Sessions ? ObjectionOfSessions(call) : ObjectionOfSessionless(call);
    }

    private static Script? ObjectionOfSessions(ScriptedCall call)
    {
        if (call.IsSessionless)
        {
            return Unsupported(s_sessionVersions);
        }

        return call.Method == "initialize" || (call.SessionId is { } id && call.Upstream.Sessions.Has(id))
            ? null
            : static stranger => stranger.ErrorAsync(
                -32001, "There is no such session.", stranger.SessionId is null ? StatusCodes.Status400BadRequest : StatusCodes.Status404NotFound);
    }

    private static Script? ObjectionOfSessionless(ScriptedCall call)
    {
        if (call.Message is null)
        {
            return static other => other.SendAsync("", status: StatusCodes.Status405MethodNotAllowed);
        }

        return call.IsSessionless ? null : Unsupported([Modern]);
    }

    private static Script Unsupported(string[] versions) => call => call.ErrorAsync(
        UnsupportedVersion,
        "This version of the protocol is not spoken here.",
        StatusCodes.Status400BadRequest,
        new JsonObject { ["supported"] = Array(versions), ["requested"] = $"{call.Context.Request.Headers["MCP-Protocol-Version"]}" });

    private static IEnumerable<KeyValuePair<string, Script>> OfSessions() =>
    [
        new("initialize", InitializeAsync),
        new("ping", call => call.ResultAsync([])),
        new("logging/setLevel", call => call.ResultAsync([])),
        new("GET", HoldStreamAsync),
        new("DELETE", call =>
        {
            call.Upstream.Sessions.End(call.SessionId!);
            return Task.CompletedTask;
        }),
    ];

    private static IEnumerable<KeyValuePair<string, Script>> OfSessionless() =>
    [
        new("server/discover", call => call.ResultAsync(new JsonObject
        {
            ["supportedVersions"] = Array([Modern]),
            ["capabilities"] = Capabilities(),
            ["_meta"] = new JsonObject { ["io.modelcontextprotocol/serverInfo"] = ServerInfo() },
        })),
        new("subscriptions/listen", async call =>
        {
            await call.StreamAsync();
            await call.EventAsync(Acknowledgement(call));
            await call.HoldAsync();
        }),
    ];

    /// <summary>The first message of a stream of <c>subscriptions/listen</c>: all that was asked for is granted.</summary>
    public static string Acknowledgement(ScriptedCall call) => new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["method"] = "notifications/subscriptions/acknowledged",
        ["params"] = new JsonObject
        {
            ["_meta"] = new JsonObject { ["io.modelcontextprotocol/subscriptionId"] = call.Id?.DeepClone() },
            ["notifications"] = call.Parameters?["notifications"]?.DeepClone(),
        },
    }.ToJsonString();

    private static Task InitializeAsync(ScriptedCall call)
    {
        var asked = $"{call.Parameters?["protocolVersion"]}";
        call.Context.Response.Headers["Mcp-Session-Id"] = call.Upstream.Sessions.Begin();
        return call.ResultAsync(new JsonObject
        {
            ["protocolVersion"] = s_sessionVersions.Contains(asked) ? asked : s_sessionVersions[^1],
            ["capabilities"] = Capabilities(),
            ["serverInfo"] = ServerInfo(),
        });
    }

    private static async Task HoldStreamAsync(ScriptedCall call)
    {
        await call.StreamAsync();
        await call.HoldAsync();
    }

    private static JsonObject Capabilities() => new()
    {
        ["tools"] = new JsonObject { ["listChanged"] = true },
        ["resources"] = new JsonObject(),
        ["prompts"] = new JsonObject(),
        ["logging"] = new JsonObject(),
    };

    private static JsonObject ServerInfo() => new() { ["name"] = "scripted", ["version"] = "1" };

    private static JsonArray Array(string[] values) => new([.. values.Select(value => JsonValue.Create(value))]);
}
