using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Tools;

/// <summary>
/// Explicit state handles for clients of 2026-07-28, which have no sessions: <c>session_open</c> returns one, tools that use session
/// state take it as an ordinary argument, <c>session_close</c> ends it. A handle is bound to its owner and checked on every use.
/// </summary>
public static class SessionHandles
{
    /// <summary>The argument that carries a handle.</summary>
    public const string Argument = "session";

    /// <summary>The same for tools of other servers, which may well have an argument called <c>session</c>.</summary>
    public const string ArgumentOfServers = "orleansmcp_session";

    /// <summary>The tool that opens a session and returns its handle.</summary>
    public const string OpenTool = "session_open";

    /// <summary>The tool that ends the session of a handle.</summary>
    public const string CloseTool = "session_close";

    private const string ArgumentDescription =
        "Handle from session_open: work on that session's own state. Without it, the call works on the state of your user.";

    private const string ServerArgumentDescription =
        "Handle from session_open: use that session's own connection to the server. Without it, the call uses the connection of your user.";

    internal static Tool OpenListing(TimeSpan idle, TimeSpan lifetime) => new()
    {
        Name = OpenTool,
        Title = "Open a session",
        Description = "Opens an isolated state of its own and returns a handle to pass as 'session'. "
            + $"It ends after {Words(idle)} without use, after {Words(lifetime)} in any case, or with {CloseTool}.",
        InputSchema = Schema("""{"type":"object","properties":{},"additionalProperties":false}"""),
        OutputSchema = Schema("""
            {"type":"object","properties":{"session":{"type":"string"},"expiresAt":{"type":"string","format":"date-time"},
            "idleTimeoutSeconds":{"type":"integer"}},"required":["session","expiresAt","idleTimeoutSeconds"]}
            """),
    };

    internal static Tool CloseListing { get; } = new()
    {
        Name = CloseTool,
        Title = "Close a session",
        Description = "Ends the session of a handle: running calls are cancelled, its state and secrets are erased.",
        InputSchema = Schema("""
            {"type":"object","properties":{"session":{"type":"string","description":"The handle from session_open."}},
            "required":["session"],"additionalProperties":false}
            """),
    };

    /// <summary>
    /// Tools that ask for the session context, as a parameter or in the constructor of their class, work on session state, unless they use the
    /// argument's name for their own.
    /// </summary>
    internal static bool IsTakenBy(McpServerTool tool) =>
        tool.Metadata.OfType<MethodInfo>().Any(method => AsksForSession(method)
            || (!method.IsStatic && method.DeclaringType?.GetConstructors().Any(AsksForSession) == true))
        && !(tool.ProtocolTool.InputSchema.TryGetProperty("properties", out var properties)
            && properties.TryGetProperty(Argument, out _));

    private static bool AsksForSession(MethodBase method) => method.GetParameters().Any(p => p.ParameterType == typeof(ISessionContext));

    /// <summary>The argument by which calls of a tool name a session; null when they name none.</summary>
    internal static string? ArgumentOf(McpServerTool tool) => tool is UpstreamTool ? ArgumentOfServers : IsTakenBy(tool) ? Argument : null;

    internal static Tool Listing(Tool tool, string argument)
    {
        var schema = JsonNode.Parse(tool.InputSchema.GetRawText())!.AsObject();
        var properties = schema["properties"] as JsonObject ?? [];
        properties[argument] = new JsonObject { ["type"] = "string", ["description"] = argument == Argument ? ArgumentDescription : ServerArgumentDescription };
        schema["properties"] = properties;
        return ToolListings.Copy(tool, JsonSerializer.SerializeToElement(schema), tool.OutputSchema);
    }

    private static JsonElement Schema(string json) => JsonElement.Parse(json);

    private static string Words(TimeSpan time) => time.TotalMinutes >= 120
        ? $"{time.TotalHours:0.#} hours"
        : time.TotalSeconds >= 120 ? $"{time.TotalMinutes:0.#} minutes" : $"{time.TotalSeconds:0.#} seconds";
}
